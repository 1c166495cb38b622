import { expect, test } from '@jest/globals';
import { createMask } from '../../../engine/page/mask.ts';

const mask = createMask(() => ({
  environment: {
    THRIVECART_WEBHOOK_SECRET: 'a secret+of/many signs',
    CUSTOM_WEBHOOK_SECRET: 'first-of-two-secrets,second-of-two-secrets',
  },
  signingSecrets: {},
}));
const request = { method: 'POST', headers: {}, body: '' };

test('a secret is gone in every spelling, and what is none stays', () => {
  const body = 'thrivecart_secret=a+secret%2Bof%2Fmany+signs&customer%5Bemail%5D=kim%40example.com';
  const headers = {
    'x-token': 'a secret+of/many signs',
    authorization: 'Basic YQ==',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const path = '/webhooks/thrivecart/some-other-secret?token=abc';
  expect(mask({ ...request, path, headers, body })).toEqual({
    method: 'POST',
    path: '/webhooks/thrivecart/***?***',
    headers: {
      'x-token': '***',
      authorization: '***',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'thrivecart_secret=***&customer%5Bemail%5D=kim%40example.com',
  });
});

test('each of several secrets is gone', () => {
  const body = '{"a":"first-of-two-secrets","b":"second-of-two-secrets"}';
  const masked = mask({ ...request, path: '/webhooks/custom', body });
  expect(masked.body).toBe('{"a":"***","b":"***"}');
});

test('of a request to no source only the path is left, without what stands for the source', () => {
  const path = '/webhooks/first-of-two-secrets';
  const headers = { 'x-any': 'thing' };
  expect(mask({ ...request, path, headers, body: 'thing' })).toEqual({
    method: 'POST',
    path: '/webhooks/***',
    headers: {},
    body: '',
  });
});
