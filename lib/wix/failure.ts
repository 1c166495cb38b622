import * as z from 'zod/mini';
import { parseJson } from '../runtime/json.ts';

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
  /**
   * `answer`: Wix answered, see `status`. `network`, `timeout`: it did not. `not-understood`: a 2xx
   * whose body is not the JSON that was expected. Not sent are `no-time` (the invocation ends too
   * soon), `over-budget` (the site's calls are used up for now) and `site-paused` (its breaker is open).
   */
  readonly kind:
    | 'answer'
    | 'network'
    | 'timeout'
    | 'not-understood'
    | 'no-time'
    | 'over-budget'
    | 'site-paused';
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

// Wix's error envelope: message, and details with an applicationError or a validationError.
// https://dev.wix.com/docs/api-reference/articles/work-with-wix-apis/troubleshooting/about-errors (checked 2026-11-21)
const Envelope = z.object({
  message: z.optional(z.nullable(z.string())),
  details: z.object({
    applicationError: z.optional(
      z.nullable(
        z.object({
          code: z.optional(z.nullable(z.union([z.string(), z.number()]))),
          data: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
        }),
      ),
    ),
    validationError: z.optional(
      z.nullable(
        z.object({
          fieldViolations: z.optional(
            z.nullable(z.array(z.object({ field: z.optional(z.nullable(z.string())) }))),
          ),
        }),
      ),
    ),
  }),
});

/** Reads what an error body says. A body that is no envelope (empty, HTML) gives `envelope: false`. */
export function readEnvelope(
  text: string,
): Pick<WixFailure, 'code' | 'data' | 'fields' | 'envelope'> {
  const parsed = Envelope.safeParse(parseJson(text));
  if (!parsed.success) return { envelope: false };
  const { applicationError, validationError } = parsed.data.details;
  const fields = validationError?.fieldViolations?.map(({ field }) => field ?? '?');
  return {
    envelope: true,
    ...(applicationError?.code != null && { code: String(applicationError.code) }),
    ...(applicationError?.data != null && { data: applicationError.data }),
    ...(fields && { fields }),
  };
}
