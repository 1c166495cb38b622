import { expect, test } from '@jest/globals';
import { toDeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import { ATTRIBUTES_BYTES, MESSAGE_LIMIT_BYTES } from '../../../lib/queue/message.ts';

test.each([
  ['of 1 MiB was no job of Earmark', MESSAGE_LIMIT_BYTES, 'invalid-job'],
  ['larger than any job', MESSAGE_LIMIT_BYTES - ATTRIBUTES_BYTES + 1, 'invalid-job'],
  ['as large as a job may be', MESSAGE_LIMIT_BYTES - ATTRIBUTES_BYTES, 'moved-by-sqs'],
  ['in characters of two bytes', MESSAGE_LIMIT_BYTES, 'invalid-job', 'ü'],
])('a dead letter that carries no reason, %s', (_name, bytes, reason, character = 'x') => {
  const Body = character.repeat(bytes / Buffer.byteLength(character));
  const deadLetter = toDeadLetter({ MessageId: 'm', Body });
  expect([deadLetter.content.kind, deadLetter.info.reason]).toEqual(['neither', reason]);
  expect(deadLetter.body).toBe(Body);
});
