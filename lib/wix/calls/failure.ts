import * as z from 'zod/mini';
import { parseJson } from '../../runtime/json.ts';

/** The Wix operations Earmark calls, by the names of Wix's reference. */
export type Operation =
  | 'findOrCreateLabel'
  | 'queryLabels'
  | 'labelContact'
  | 'unlabelContact'
  | 'getContact'
  | 'queryContacts'
  | 'createContact'
  | 'getMember'
  | 'queryMembers'
  | 'bulkLabelAndUnlabelContacts'
  | 'getBulkJob'
  | 'createToken';

/** What is known of a call that did not do what was asked. Holds no customer data. */
export interface WixFailure {
  readonly operation: Operation;
  readonly kind:
    | 'answer' // see `status`
    | 'network' // no answer
    | 'timeout' // no answer in time
    | 'unexpected-response' // a 2xx whose body is not the JSON that was expected
    | 'deadline' // not sent: the invocation ends too soon
    | 'rate-limited' // not sent: the site's calls are used up for now
    | 'circuit-open'; // not sent: the site's breaker is open
  readonly status?: number;
  /** Of a `network` failure: what the system calls it, e.g. ECONNREFUSED. */
  readonly networkCode?: string;
  /** `details.applicationError.code` of Wix's envelope. */
  readonly code?: string;
  /** `details.applicationError.data`: differs by code. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Fields named by `details.validationError`, never their values. */
  readonly fields?: readonly string[];
  /** The body was Wix's error envelope, so a Wix service spoke and not a gateway before it. */
  readonly envelope?: boolean;
  /** The `X-Wix-Request-Id` header: what Wix's support asks for. */
  readonly requestId?: string;
  /** What Wix asked for, or for how long nothing may be sent. */
  readonly retryAfterMs?: number;
}

/** Thrown by every Wix call that did not do what was asked. */
export class WixError extends Error {
  override readonly name = 'WixError';
  readonly failure: WixFailure;
  constructor(failure: WixFailure) {
    const { operation, kind, status, code } = failure;
    super(`Wix ${operation}: ${kind === 'answer' ? `${status} ${code ?? ''}`.trim() : kind}`);
    this.failure = failure;
  }
}

const Fields = z.record(z.string(), z.unknown());
const Envelope = z.object({ details: Fields });
const Code = z.union([z.string().check(z.minLength(1)), z.number()]);
const Violation = z.object({ field: z.string() });

/** A part, if it is as expected: an odd part hides no other. (`z.catch` would add 10 KB to the bundle.) */
const partOf = <T extends z.ZodMiniType>(type: T, value: unknown): z.infer<T> | undefined =>
  type.safeParse(value).data;

/**
 * Reads what an error body says. Wix's envelope has `details`, with an `applicationError` or a
 * `validationError` in it. Any other body (empty, HTML, a gateway's JSON, a fault of Wix's servers with empty
 * `details`) gives `envelope: false`.
 * https://dev.wix.com/docs/api-reference/articles/work-with-wix-apis/troubleshooting/about-errors (checked 2026-11-21)
 */
export function readEnvelope(
  text: string,
): Pick<WixFailure, 'code' | 'data' | 'fields' | 'envelope'> {
  const details = partOf(Envelope, parseJson(text))?.details;
  const application = partOf(Fields, details?.applicationError);
  const validation = partOf(Fields, details?.validationError);
  if (!application && !validation) return { envelope: false };
  const code = partOf(Code, application?.code);
  const data = partOf(Fields, application?.data);
  const violations = partOf(z.array(z.unknown()), validation?.fieldViolations);
  const fields = violations?.map((violation) => partOf(Violation, violation)?.field ?? '?');
  return {
    envelope: true,
    ...(code !== undefined && { code: String(code) }),
    ...(data && { data }),
    ...(fields && { fields }),
  };
}
