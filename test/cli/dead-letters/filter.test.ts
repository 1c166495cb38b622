import { expect, test } from '@jest/globals';
import { createFilter, durationOf, type FilterOptions } from '../../../cli/dead-letters/filter.ts';
import { toLetter } from '../../../cli/dead-letters/letter.ts';
import { deadDelivery, deadJob } from '../../../lib/queue/dead-letter.ts';
import { aJob, SITE_ID, START } from '../../support/jobs.ts';
import { received } from './letters.ts';

const HOUR = 3_600_000;
const job = aJob({ add: ['VIP'], remove: ['Lead'] });
const jobLetter = received(deadJob(job, { reason: 'passing' }), 'aaaa-1', START - 2 * HOUR);
const delivery = { headers: {}, body: Buffer.from('{"event":"x"}'), receivedAt: START };
const detail = '"big spenders": when: no such key: order; "second": add: gave int';
const kept = deadDelivery('stripe', delivery, 'id', { reason: 'rule-failed', detail });
if (!kept) throw new Error('It fits.');
const deliveryLetter = received(kept, 'bbbb-2', START - HOUR);
const strange = toLetter({
  MessageId: 'cccc-3',
  Body: 'no JSON',
  Attributes: { SentTimestamp: `${START}` },
});

test.each<[FilterOptions, readonly string[]]>([
  [{}, ['aaaa-1', 'bbbb-2', 'cccc-3']],
  [{ reason: ['passing'] }, ['aaaa-1']],
  [{ reason: ['passing', 'rule-failed'] }, ['aaaa-1', 'bbbb-2']],
  [{ reason: ['moved-by-sqs'] }, ['cccc-3']],
  [{ source: ['custom'] }, ['aaaa-1']],
  [{ source: ['stripe'] }, ['bbbb-2']],
  [{ site: [SITE_ID] }, ['aaaa-1']],
  [{ rule: ['customers'] }, ['aaaa-1']],
  [{ rule: ['big spenders'] }, ['bbbb-2']],
  [{ rule: ['second'] }, ['bbbb-2']],
  [{ rule: ['big'] }, []],
  [{ label: ['VIP'] }, ['aaaa-1']],
  [{ label: ['Lead'] }, ['aaaa-1']],
  [{ label: ['Customer'] }, []],
  [{ id: ['bbbb'] }, ['bbbb-2']],
  [{ id: ['event-1'] }, ['aaaa-1']],
  [{ id: [job.id.slice(0, 12)] }, ['aaaa-1']],
  [{ olderThan: '90m' }, ['aaaa-1']],
  [{ newerThan: '90m' }, ['bbbb-2', 'cccc-3']],
  [{ olderThan: '30m', newerThan: '90m' }, ['bbbb-2']],
  [{ reason: ['passing'], source: ['stripe'] }, []],
])('%j takes %j', (options, expected) => {
  const filter = createFilter(options, START);

  const taken = [jobLetter, deliveryLetter, strange].filter(filter).map(({ id }) => id);

  expect(taken).toEqual(expected);
});

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1.5d', 129_600_000],
])('%s is %d ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

test.each(['', '2', 'h', '2 h', '-2h', '2w', '2h!'])('"%s" is no age', (text) => {
  expect(() => durationOf(text)).toThrow('is no age. Write 90s, 15m, 2h or 3d.');
});
