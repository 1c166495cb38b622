import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const DAY_MS = 86_400_000;

/** One value of DER (ITU-T X.690): tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (at: number): Buffer => {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
};

/**
 * A key and a certificate for 127.0.0.1 that it signed itself (RFC 5280), both PEM, valid for a day, for a
 * simulator that speaks TLS as AWS and Wix do. Node reads certificates, and makes none.
 * @param now epoch milliseconds
 */
export function selfSigned(now: number) {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const commonName = sequence(oid(COMMON_NAME), der(0x0c, Buffer.from('earmark simulator')));
  const name = sequence(der(0x31, commonName));
  const loopback = sequence(der(0x87, Buffer.from([127, 0, 0, 1])));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + DAY_MS)),
    name,
    publicKey,
    der(0xa3, sequence(sequence(oid(SUBJECT_ALT_NAME), der(0x04, loopback)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, key));
  return { key, cert: new X509Certificate(sequence(body, algorithm, signature)).toString() };
}
