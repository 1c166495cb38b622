import type { WixError, WixFailure } from '../../wix/calls/failure.ts';
import type { LabelPlan } from './plan.ts';

/** How far the plan for one contact got, in label names: filled in as calls succeed. */
export interface PlanProgress {
  /** Undefined until there is a contact to plan for. */
  readonly plan: LabelPlan | undefined;
  /** Added or removed, as the plan has it. */
  readonly done: Set<string>;
  /** In place already, by an answer of Wix. */
  readonly inPlace: Set<string>;
  /** To be removed, and no label by Wix's index, which may be behind. */
  readonly absent: Set<string>;
  /** Labels that the site has no room for. */
  readonly refused: Set<string>;
  /** The answer that reported the full site. */
  quota: WixFailure | undefined;
}

export const newProgress = (plan?: LabelPlan): PlanProgress => ({
  plan,
  done: new Set(),
  inPlace: new Set(),
  absent: new Set(),
  refused: new Set(),
  quota: undefined,
});

/** Wix answered 200 to a change of labels, and the contact's labels are not as asked for. */
export class NotApplied extends Error {
  override readonly name = 'NotApplied';
  readonly operation: 'labelContact' | 'unlabelContact';
  constructor(operation: 'labelContact' | 'unlabelContact') {
    super(`Wix answered ${operation} with 200 and the labels are not as asked for`);
    this.operation = operation;
  }
}

/**
 * Wix permanently refuses keys that it gave out moments ago: the service that labels contacts may not know
 * the label yet. `refusal` is what the answer means for an older key.
 */
export class LabelTooNew extends Error {
  override readonly name = 'LabelTooNew';
  readonly refusal: WixError | NotApplied;
  constructor(refusal: WixError | NotApplied) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
