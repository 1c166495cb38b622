import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Loopback, listenOnLoopback } from '../../simulators/loopback.ts';
import { REGION } from '../../simulators/sqs/address.ts';
import { type Credentials, signatureProblem } from './sigv4.ts';

/** As Lambda hands a function those of its role: temporary, with a session token. */
export const ROLE_CREDENTIALS = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'exampleSecretOfNobody',
  sessionToken: 'exampleSessionToken==',
} satisfies Credentials;

/** The services that a bundle talks to, by the first part of `X-Amz-Target`. */
const SERVICES: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AmazonSSM: 'ssm',
  DynamoDB_20120810: 'dynamodb',
};

export interface AwsStandIn extends Loopback {
  /** `sqs.SendMessage`, `ssm.GetParameters`: what was asked and not refused, in order of arrival. */
  readonly actions: readonly string[];
  /** Why requests were refused: their addresses and signatures. */
  readonly refusals: readonly string[];
}

/**
 * Plays SQS, DynamoDB and Parameter Store for requests signed with the role's credentials and meant for AWS's
 * own addresses. Any other gets a 403, as from AWS. The work of SQS and DynamoDB is that of the stand-ins at `endpoints`.
 */
export async function startAws(
  endpoints: Readonly<Record<'sqs' | 'dynamodb', string>>,
  parameters: ReadonlyMap<string, string>,
): Promise<AwsStandIn> {
  const actions: string[] = [];
  const refusals: string[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const [family = '', action] = String(request.headers['x-amz-target']).split('.');
    const service = SERVICES[family] ?? 'unknown';
    const problem = problemOf(request, body, service);
    if (problem !== undefined) {
      refusals.push(`${service}.${action}: ${problem}`);
      return send(response, 403, { __type: 'InvalidSignatureException', message: problem });
    }
    actions.push(`${service}.${action}`);
    if (service === 'sqs' || service === 'dynamodb') {
      return forward(endpoints[service], request, body, response);
    }
    return send(response, ...getParameters(JSON.parse(body.toString()), parameters));
  };
  return { ...(await listenOnLoopback(answer, { host: 'any' })), actions, refusals };
}

function problemOf(request: IncomingMessage, body: Buffer, service: string): string | undefined {
  const { method = '', url = '' } = request;
  const headers = request.headers as Record<string, string>;
  const address = `${method} https://${headers.host}${url}`;
  const wanted = `POST https://${service}.${REGION}.amazonaws.com/`;
  if (address !== wanted) return `It is ${address} and not ${wanted}.`;
  const signer = { credentials: ROLE_CREDENTIALS, region: REGION, service };
  return signatureProblem({ method, headers, body }, signer, Date.now());
}

async function forward(
  endpoint: string,
  { headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': String(headers['content-type']),
      'x-amz-target': String(headers['x-amz-target']),
      authorization: String(headers.authorization),
      'x-amz-date': String(headers['x-amz-date']),
    },
    body: new Uint8Array(body),
  });
  send(response, answer.status, await answer.json());
}

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html (checked 2026-11-22)
function getParameters(
  { Names, WithDecryption }: { Names: readonly string[]; WithDecryption?: boolean },
  parameters: ReadonlyMap<string, string>,
): [status: number, body: object] {
  if (Names.length > 10) {
    return [400, { __type: 'ValidationException', message: 'names: 10 at most' }];
  }
  const found = Names.filter((name) => parameters.has(name));
  const Parameters = found.map((Name) => ({
    Name,
    Type: 'SecureString',
    Value: WithDecryption ? parameters.get(Name) : 'ciphertext',
  }));
  return [200, { Parameters, InvalidParameters: Names.filter((name) => !found.includes(name)) }];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
