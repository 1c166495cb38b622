/**
 * What the simulated Wix answers: text, as it would go over the wire; header names in lower case.
 * `dropped` stands for a connection that ended without an answer (`status` is 0 then).
 */
export interface SimulatedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly dropped?: true;
}

export interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly violatedRule: string;
}

// The envelope: message, and details with an applicationError or a validationError.
// https://dev.wix.com/docs/api-reference/articles/work-with-wix-apis/troubleshooting/about-errors (checked 2026-11-21)

export function json(status: number, value: unknown): SimulatedAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify(value) };
}

export const ok = (value: unknown): SimulatedAnswer => json(200, value);

export function applicationError(
  status: number,
  code: string,
  description: string,
  data: Readonly<Record<string, unknown>> = {},
): SimulatedAnswer {
  const details = { applicationError: { code, description, data } };
  return json(status, { message: description, details });
}

export function validationError(fieldViolations: readonly FieldViolation[]): SimulatedAnswer {
  const message = fieldViolations
    .map(({ field, description }) => `${field} ${description}`)
    .join(', ');
  return json(400, { message, details: { validationError: { fieldViolations } } });
}

/** Server faults come with an empty envelope by design; so does, here, a route that does not exist. */
export const emptyError = (status: number): SimulatedAnswer =>
  json(status, { message: '', details: {} });

export const unauthenticated = (): SimulatedAnswer =>
  applicationError(401, 'UNAUTHENTICATED', 'The Authorization header is missing, wrong or expired');

export const permissionDenied = (): SimulatedAnswer =>
  applicationError(403, 'PERMISSION_DENIED', 'These credentials are not for this site');

export function tooManyRequests(retryAfterSeconds: number | undefined): SimulatedAnswer {
  const answer = applicationError(429, 'RESOURCE_EXHAUSTED', 'Too many requests for this site');
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

export const contactNotFound = (contactId: string): SimulatedAnswer =>
  applicationError(404, 'CONTACT_NOT_FOUND', `Contact ${contactId} not found`);

/** What stands before Wix speaks no JSON. */
export const gatewayPage = (status: number, body = '<html></html>'): SimulatedAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
});
