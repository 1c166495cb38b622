import * as z from 'zod/mini';
import {
  applicationError,
  emptyError,
  gatewayPage,
  json,
  permissionDenied,
  type SimulatedAnswer,
  tooManyRequests,
  unauthenticated,
} from './answers.ts';
import { OPERATIONS, type SimulatedOperation } from './operations.ts';

/** `null` is how JSON writes Infinity. */
const Times = z.union([z.int().check(z.positive()), z.literal(Number.POSITIVE_INFINITY), z.null()]);

const FaultSchema = z
  .strictObject({
    operation: z.exactOptional(z.enum([...OPERATIONS, 'any'])),
    times: z.exactOptional(Times),
    status: z.exactOptional(z.int().check(z.gte(200), z.lte(599))),
    body: z.exactOptional(z.unknown()),
    headers: z.exactOptional(z.record(z.string(), z.string())),
    delayMs: z.exactOptional(z.number().check(z.nonnegative())),
    drop: z.exactOptional(z.literal(true)),
    applyBefore: z.exactOptional(z.literal(true)),
  })
  .check(
    z.refine(
      ({ status, delayMs, drop }) => status ?? delayMs ?? drop,
      'it does nothing without status, delayMs or drop',
    ),
    z.refine(({ status, drop }) => !(status && drop), 'status and drop exclude each other'),
  );

/** Something that goes wrong on demand. */
export interface Fault {
  /** Default `any`. */
  readonly operation?: SimulatedOperation | 'any';
  /** How many requests it strikes. Default 1; Infinity until cleared. */
  readonly times?: number | null;
  /** The answer instead of Wix's own: 200 to 599. */
  readonly status?: number;
  /** An object goes as JSON, a string as it is. Default: what the simulator itself says with that status. */
  readonly body?: unknown;
  /** Added to the answer's headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before anything else happens; after the operation with `applyBefore`. */
  readonly delayMs?: number;
  /** The connection ends without an answer. */
  readonly drop?: true;
  /** The operation takes effect first: an answer that was lost on its way. */
  readonly applyBefore?: true;
}

export interface Faults {
  /** @throws Error when the fault is not one, saying which field. */
  add(fault: unknown): void;
  /** The first fault that strikes this operation; it counts as used. */
  take(operation: SimulatedOperation): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  const pending: { readonly fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      const parsed = FaultSchema.safeParse(fault);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new Error(
          `Not a fault: ${issue?.path.join('.') || 'it'}: ${issue?.message}. ` +
            'docs/simulator.md lists the fields of a fault.',
        );
      }
      const left = parsed.data.times === null ? Number.POSITIVE_INFINITY : (parsed.data.times ?? 1);
      pending.push({ fault: parsed.data, left });
    },
    take(operation) {
      const index = pending.findIndex(({ fault }) =>
        [undefined, 'any', operation].includes(fault.operation),
      );
      const struck = pending[index];
      if (!struck) return undefined;
      struck.left -= 1;
      if (struck.left <= 0) pending.splice(index, 1);
      return struck.fault;
    },
    clear() {
      pending.length = 0;
    },
  };
}

/** Lets a fault happen to an operation. `operate` is called once, or not at all. */
export async function strike(
  fault: Fault,
  operate: () => SimulatedAnswer,
  sleep: (ms: number) => Promise<void>,
): Promise<SimulatedAnswer> {
  const { applyBefore, delayMs, drop, status, headers } = fault;
  const applied = applyBefore && operate();
  if (delayMs) await sleep(delayMs);
  if (drop) return { status: 0, headers: {}, body: '', dropped: true };
  const answer = status === undefined ? applied || operate() : faultAnswer(status, fault.body);
  return { ...answer, headers: { ...answer.headers, ...lowerCaseNames(headers) } };
}

function faultAnswer(status: number, body: unknown): SimulatedAnswer {
  if (typeof body === 'string') {
    // A text that the simulator did not write stands for a gateway's page.
    return gatewayPage(status, body);
  }
  if (body !== undefined) return json(status, body);
  if (status === 401) return unauthenticated();
  if (status === 403) return permissionDenied();
  if (status === 429) return tooManyRequests(undefined);
  if (status >= 500 || status < 400) return emptyError(status);
  return applicationError(status, 'SIMULATED_FAULT', 'A fault on demand');
}

const lowerCaseNames = (headers: Fault['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
