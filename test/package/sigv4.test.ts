import { describe, expect, test } from '@jest/globals';
import { type SignedRequest, type Signer, signatureProblem } from './sigv4.ts';

// Requests and signatures from AWS's own test suite for Signature Version 4 (aws-sig-v4-test-suite:
// post-vanilla, post-x-www-form-urlencoded, post-sts-header-before).
const TIME = '20150830T123600Z';
const NOW = Date.UTC(2015, 7, 30, 12, 36);
const SIGNER: Signer = {
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  service: 'service',
};
const SESSION_TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

function request(
  signature: string,
  signedHeaders: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): SignedRequest {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
    `SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return {
    method: 'POST',
    headers: { host: 'example.amazonaws.com', 'x-amz-date': TIME, ...headers, authorization },
    body: Buffer.from(body),
  };
}

const VANILLA = request(
  '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  'host;x-amz-date',
);
const WITH_BODY = request(
  'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  'content-type;host;x-amz-date',
  { 'content-type': 'application/x-www-form-urlencoded' },
  'Param1=value1',
);
const WITH_TOKEN = request(
  '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  'host;x-amz-date;x-amz-security-token',
  { 'x-amz-security-token': SESSION_TOKEN },
);
const SESSION = {
  ...SIGNER,
  credentials: { ...SIGNER.credentials, sessionToken: SESSION_TOKEN },
};

describe("AWS's own examples", () => {
  test.each([
    ['without a body', VANILLA, SIGNER],
    ['with a body', WITH_BODY, SIGNER],
    ['with a session token', WITH_TOKEN, SESSION],
  ])('%s are signed well', (_, signed, signer) => {
    expect(signatureProblem(signed, signer, NOW)).toBeUndefined();
  });
});

describe('refused is', () => {
  const changed = (headers: Readonly<Record<string, string>>): SignedRequest => ({
    ...VANILLA,
    headers: { ...VANILLA.headers, ...headers },
  });
  const secret = { ...SIGNER.credentials, secretAccessKey: 'another' };

  test.each<[string, SignedRequest, Signer, string]>([
    ['another body', { ...WITH_BODY, body: Buffer.from('x') }, SIGNER, 'signature is another'],
    ['another method', { ...VANILLA, method: 'PUT' }, SIGNER, 'signature is another'],
    ['another host', changed({ host: 'example.com' }), SIGNER, 'signature is another'],
    ['another secret', VANILLA, { ...SIGNER, credentials: secret }, 'signature is another'],
    ['another region', VANILLA, { ...SIGNER, region: 'eu-west-1' }, '/eu-west-1/service/'],
    ['another service', VANILLA, { ...SIGNER, service: 'sqs' }, '/us-east-1/sqs/'],
    ['no session token', VANILLA, SESSION, 'has not the session token'],
    ['a token of nobody', WITH_TOKEN, SIGNER, 'has not the session token'],
    ['no authorization', changed({ authorization: '' }), SIGNER, 'no Authorization'],
    [
      'a header of AWS that is not signed',
      changed({ 'x-amz-target': 'AmazonSQS.SendMessage' }),
      SIGNER,
      'does not sign x-amz-target',
    ],
    ['a time of another form', changed({ 'x-amz-date': '20150830' }), SIGNER, 'is not now'],
  ])('%s', (_, signed, signer, problem) => {
    expect(signatureProblem(signed, signer, NOW)).toContain(problem);
  });

  test.each([-300_001, 300_001])('a request that is %d ms off', (ms) => {
    expect(signatureProblem(VANILLA, SIGNER, NOW + ms)).toContain('is not now');
  });

  test('nothing that is five minutes off', () => {
    expect(signatureProblem(VANILLA, SIGNER, NOW + 300_000)).toBeUndefined();
  });
});
