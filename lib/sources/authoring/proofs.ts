// How a source's file says by what a delivery proves that it is the sender's. Build-time only.
import * as z from 'zod';
import { place } from './forms.ts';

/** How many seconds a signature's own time may be from now. */
const tolerance = z
  .number()
  .refine((seconds) => Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400, {
    error: 'must be a whole number of seconds from 1 to 86400',
  })
  .default(300);

export const header = z
  .string()
  .regex(/^[a-z0-9-]+$/, 'write the name of the header in lower case, without a colon');

const piece = z
  .string()
  .regex(
    /^(?:body|time|url|method|header [a-z0-9-]+|field \S.*|[^\p{L}]+)$/u,
    'must be `body`, `time`, `url`, `method`, `header NAME`, `field PATH`, or a text without a letter',
  );

const Hmac = z
  .strictObject({
    scheme: z.literal('hmac'),
    header,
    hash: z.enum(['sha256', 'sha1', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64', 'base64url']).default('hex'),
    prefix: z.string().default('').describe('What stands before the signature: `sha256=`.'),
    parts: z
      .strictObject({
        separator: z.string().length(1),
        signature: z.string().min(1),
        time: z.string().min(1).optional(),
      })
      .describe('The header is a list like `t=…,v1=…`: what separates it, and the names in it.')
      .optional(),
    time: header.describe('The header with the time of the signature.').optional(),
    unit: z.enum(['seconds', 'milliseconds']).default('seconds').describe('Of that time.'),
    tolerance,
    over: z
      .array(piece)
      .min(1)
      .default(['body'])
      .describe(
        'What is signed, piece by piece: `body`, `time`, `url`, `method`, `header NAME`, `field PATH` of the body, and texts without a letter, which stand for themselves.',
      ),
    key: z
      .enum(['text', 'base64', 'hex'])
      .default('text')
      .describe('How the secret is written: its own characters are the key, or they encode it.'),
  })
  .refine(({ over, time, parts }) => !over.includes('time') || time || parts?.time, {
    error: '`over` names `time`: say in which header it stands (`time`, or `parts.time`)',
    path: ['over'],
  });

export const PROOFS = [
  Hmac,
  z.strictObject({
    scheme: z.literal('standard-webhooks'),
    key: z
      .enum(['base64', 'text'])
      .default('base64')
      .describe('`text`: the whole secret, `whsec_` and all, is the key (Polar).'),
  }),
  z.strictObject({
    scheme: z.literal('jwt'),
    header: header.default('authorization'),
    algorithm: z.enum(['HS256', 'RS256']).default('HS256'),
  }),
  z.strictObject({ scheme: z.literal('bearer') }),
  z.strictObject({ scheme: z.literal('header'), header }),
  z.strictObject({ scheme: z.literal('basic') }),
  z.strictObject({ scheme: z.literal('path') }),
  z.strictObject({ scheme: z.literal('query'), parameter: z.string().min(1).default('secret') }),
  z.strictObject({ scheme: z.literal('field'), field: place }),
  z.strictObject({ scheme: z.literal('paypal') }),
] as const;

/** How a delivery proves that it is the sender's. */
export const Proof = z
  .discriminatedUnion('scheme', PROOFS)
  .describe("How a delivery proves that it is the sender's.");

export type Proof = z.infer<typeof Proof>;
