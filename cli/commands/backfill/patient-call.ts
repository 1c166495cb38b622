import { classify, isUnsent } from '../../../lib/wix/calls/classify.ts';
import type { Call } from '../../../lib/wix/calls/client.ts';
import { WixError, type WixFailure } from '../../../lib/wix/calls/failure.ts';
import { CliFailure, EXIT } from '../../kit/failure.ts';

/** What passes by itself is tried again after these, then the command ends and can be gone on with. */
const WAITS_MS = [2_000, 5_000, 15_000, 60_000] as const;

export interface PatientOptions {
  readonly signal: AbortSignal;
  readonly sleep: (ms: number) => Promise<void>;
  /** For the person who waits. */
  readonly note: (text: string) => void;
  /** Each request that is sent, tries that failed too. */
  readonly onSent: () => void;
}

/**
 * Calls that outlast a site that is throttled or unwell: what the limiter holds back waits, what passes by
 * itself is tried again. No call is begun once the signal has aborted.
 * @throws AbortError; WixError for an answer that another try would not change
 */
export function patientCall(call: Call, options: PatientOptions): Call {
  const { signal, sleep, note, onSent } = options;
  return async (request) => {
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      try {
        const answer = await call(request);
        onSent();
        return answer;
      } catch (error) {
        if (!(error instanceof WixError)) throw error;
        const { retryAfterMs = 0 } = error.failure;
        const meaning = classify(error.failure);
        if (isUnsent(meaning)) {
          await sleep(Math.max(retryAfterMs, 100));
          continue;
        }
        onSent();
        if (meaning === 'throttled') {
          note(`Wix has had enough for now. Waiting ${Math.ceil(retryAfterMs / 1000)} s …`);
          await sleep(retryAfterMs);
          continue;
        }
        const wait = WAITS_MS[failures];
        if (meaning !== 'transient' || isTold(error.failure) || wait === undefined) throw error;
        failures += 1;
        note(`${error.message}. Trying again in ${Math.ceil(wait / 1000)} s …`);
        await sleep(Math.max(wait, retryAfterMs));
      }
    }
  };
}

const BULK_OPERATIONS: ReadonlySet<string> = new Set(['bulkLabelAndUnlabelContacts', 'getBulkJob']);

/**
 * Another try would be told the same: which contact to use instead; or, whoever says it, that there are no
 * such bulk jobs, where there is another way.
 */
const isTold = ({ operation, status = 0, code }: WixFailure): boolean =>
  code === 'DUPLICATE_CONTACT_EXISTS' ||
  (BULK_OPERATIONS.has(operation) && [404, 501].includes(status));

/** What a person can do about an answer that ends the command. */
export function wixTrouble({ message, failure }: WixError): CliFailure {
  const { requestId, fields } = failure;
  const facts = [
    ...(fields ? [`Refused: ${fields.join(', ')}.`] : []),
    ...(requestId ? [`Wix's request id: ${requestId}.`] : []),
  ];
  const meaning = classify(failure);
  const remedy =
    meaning === 'credentials'
      ? 'Wix refuses the credentials, or they lack a permission. `npx earmark doctor` says which.'
      : 'What was done is noted. The same command goes on from there.';
  return new CliFailure(
    [message, ...facts, remedy].join('\n'),
    meaning === 'credentials' ? EXIT.unreachable : EXIT.found,
  );
}
