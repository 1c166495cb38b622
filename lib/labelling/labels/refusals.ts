import { classify, type FailureKind } from '../../wix/calls/classify.ts';
import { WixError, type WixFailure } from '../../wix/calls/failure.ts';

/** Why Wix does not do what a job asks for, as a dead letter has it. */
export interface JobRefusal {
  readonly reason: FailureKind | 'label-not-applied';
  readonly failure: WixFailure;
  readonly detail: string | undefined;
}

export const refusalBy = (failure: WixFailure): JobRefusal => ({
  reason: classify(failure),
  failure,
  detail: failure.fields && `Refused: ${failure.fields.join(', ')}.`,
});

/** Wix answered 200 to a change of labels, and the contact's labels are not as asked for. */
export const notApplied = (operation: 'labelContact' | 'unlabelContact'): JobRefusal => ({
  reason: 'label-not-applied',
  failure: { operation, kind: 'answer', status: 200 },
  detail: `Wix answered ${operation} with 200 and the labels are not as asked for`,
});

/**
 * Wix permanently refuses keys that it gave out moments ago: the service that labels contacts may not know
 * the label yet. `refusal` is what the answer means for an older key.
 */
export class LabelTooNew extends Error {
  override readonly name = 'LabelTooNew';
  readonly refusal: JobRefusal;
  constructor(refusal: JobRefusal) {
    super(new WixError(refusal.failure).message);
    this.refusal = refusal;
  }
}
