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

/**
 * `answer`: Wix answered, see `status`. `network`, `timeout`: it did not. `unexpected-response`: a 2xx whose
 * body is not the JSON that was expected. Not sent are `deadline` (the invocation ends too soon),
 * `rate-limited` (the site's calls are used up for now) and `circuit-open` (its breaker is open).
 */
type WixFailureKind =
  | ('answer' | 'network' | 'timeout' | 'unexpected-response')
  | ('deadline' | 'rate-limited' | 'circuit-open');

/** What is known of a call that did not do what was asked. Holds no customer data. */
export interface WixFailure {
  readonly operation: Operation;
  readonly kind: WixFailureKind;
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

type JsonObject = Readonly<Record<string, unknown>>;

function asObject(value: unknown): JsonObject | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : undefined;
}

/**
 * Reads what an error body says. Wix's envelope has `details`, with an `applicationError` or a
 * `validationError` in it. Each part is read by itself, so that an odd one hides no other. Any other body
 * (empty, HTML, a gateway's JSON, a fault of Wix's servers with empty `details`) gives `envelope: false`.
 * https://dev.wix.com/docs/api-reference/articles/work-with-wix-apis/troubleshooting/about-errors (checked 2026-11-21)
 */
export function readEnvelope(
  text: string,
): Pick<WixFailure, 'code' | 'data' | 'fields' | 'envelope'> {
  const body = asObject(parseJson(text));
  const details = asObject(body?.details);
  const application = asObject(details?.applicationError);
  const validation = asObject(details?.validationError);
  if (!application && !validation) return { envelope: false };
  const code = codeOf(application?.code);
  const data = asObject(application?.data);
  const fields = fieldsOf(validation?.fieldViolations);
  return {
    envelope: true,
    ...(code && { code }),
    ...(data && { data }),
    ...(fields && { fields }),
  };
}

function codeOf(code: unknown): string | undefined {
  return typeof code === 'number' || (typeof code === 'string' && code !== '')
    ? String(code)
    : undefined;
}

function fieldsOf(violations: unknown): readonly string[] | undefined {
  if (!Array.isArray(violations)) return undefined;
  return violations.map((violation) => {
    const field = asObject(violation)?.field;
    return typeof field === 'string' ? field : '?';
  });
}
