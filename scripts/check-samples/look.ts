/**
 * A second look at a payload, by no code of the readers: what is in it wherever it stands, JSON within texts
 * included. It knows no platform, so it can say that a reading holds what the payload does not, and no more.
 */
export interface Look {
  /** Every text and number in it, as text, in lower case. */
  readonly values: ReadonlySet<string>;
  /** The e-mail addresses that are not plainly of somebody of the shop's own. */
  readonly emails: ReadonlySet<string>;
}

const EMAIL = /^[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+$/;
/** People named below such a key work there, send, or sell. */
const STAFF =
  /organi[sz]er|host|staff|owner|assign|agent|from$|sender|merchant|business|payee|shop|store|site|admin|creat(ed)?_?by|support|account_email/i;

/** Who writes an e-mail that came in is no seller. */
const RECEIVED = /^e?mail\.received$/;

export function lookAt(body: unknown): Look {
  const isReceived = RECEIVED.test(String((body as { type?: unknown } | null)?.type));
  const values = new Set<string>();
  const emails = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, `${path}.${key}`);
      return;
    }
    const text = String(value).trim();
    values.add(text.toLowerCase());
    const isStaff = (key: string) => STAFF.test(key) && !(isReceived && key === 'from');
    if (EMAIL.test(text) && !path.split('.').some(isStaff)) emails.add(text.toLowerCase());
    if (/^[[{]/.test(text)) visit(parsed(text), path);
  };
  visit(body, '');
  return { values, emails };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the payload holds the amount in major units, in minor units of two or three decimals, or as a sum. */
export function holdsAmount({ values }: Look, amount: number): boolean {
  const numbers = new Set([...values].map(Number));
  return [1, 100, 1000].some((factor) =>
    [...numbers].some((one) => Math.abs(one - amount * factor) < 0.005),
  );
}
