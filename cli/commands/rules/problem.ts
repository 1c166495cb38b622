/** A payload that cannot be made a delivery: what is wrong, and what to do. */
export class PayloadProblem extends Error {
  override readonly name = 'PayloadProblem';
}
