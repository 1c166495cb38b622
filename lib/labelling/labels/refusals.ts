import type { WixError } from '../../wix/calls/failure.ts';

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
