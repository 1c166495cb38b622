import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { selfSigned } from '../../simulators/certificate.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

test('the certificate is for the loopback address, for a day, and signed with its own key', () => {
  const { cert } = selfSigned(NOW);
  const read = new X509Certificate(cert);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(read.validToDate).toEqual(new Date('2026-11-23T12:00:00Z'));
});
