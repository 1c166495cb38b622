import { expect, test } from '@jest/globals';
import { toDeadLetter } from '../../../cli/commands/dead-letters/dead-letter.ts';
import {
  createFilter,
  durationOf,
  type FilterOptions,
} from '../../../cli/commands/dead-letters/filter.ts';
import { deadJob } from '../../../lib/queue/dead-letter.ts';
import { deadDelivery } from '../../../lib/queue/kept-delivery.ts';
import { aJob, SITE_ID, START } from '../../support/jobs.ts';
import { received } from './received.ts';

const HOUR = 3_600_000;
const [ADA, BOB, CAT] = ['aaaaaaaa-1', 'bbbbbbbb-2', 'cccccccc-3'];
const job = aJob({ add: ['VIP'], remove: ['Lead'] });
const jobDeadLetter = received(deadJob(job, { reason: 'transient' }), ADA, START - 2 * HOUR);
const delivery = { headers: {}, body: Buffer.from('{"event":"x"}'), receivedAt: START };
const detail = '"big spenders": when: no such key: order; "second": add: gave int';
const kept = deadDelivery({
  source: 'stripe',
  delivery,
  id: 'id',
  eventId: 'evt_1',
  info: { reason: 'rule-failed', detail },
});
if (!kept) throw new Error('It fits.');
const deliveryDeadLetter = received(kept, BOB, START - HOUR);
const strange = toDeadLetter({
  MessageId: CAT,
  Body: 'no JSON',
  Attributes: { SentTimestamp: `${START}` },
});

test.each([
  [
    { reason: ['contact-not-fond'] },
    'There is no reason "contact-not-fond". Did you mean `contact-not-found`?',
  ],
  [{ source: ['shopfy'] }, 'There is no source "shopfy". Did you mean `shopify`?'],
  [{ source: ['magento'] }, 'There is no source "magento". There are shopify, woocommerce,'],
])('%j is refused with what was meant, so that nothing is reported as none', (options, message) => {
  expect(() => createFilter(options, START)).toThrow(message);
});

test.each<[FilterOptions, readonly string[]]>([
  [{}, [ADA, BOB, CAT]],
  [{ reason: ['transient'] }, [ADA]],
  [{ reason: ['transient', 'rule-failed'] }, [ADA, BOB]],
  [{ reason: ['moved-by-sqs'] }, [CAT]],
  [{ source: ['custom'] }, [ADA]],
  [{ source: ['stripe'] }, [BOB]],
  [{ site: [SITE_ID] }, [ADA]],
  [{ rule: ['customers'] }, [ADA]],
  [{ rule: ['big spenders'] }, [BOB]],
  [{ rule: ['second'] }, [BOB]],
  [{ rule: ['big'] }, []],
  [{ label: ['VIP'] }, [ADA]],
  [{ label: ['Lead'] }, [ADA]],
  [{ label: ['Customer'] }, []],
  [{ id: [BOB] }, [BOB]],
  [{ id: ['bbbbbbbb'] }, [BOB]],
  [{ id: ['bbbbbbb'] }, []],
  [{ id: ['event-1'] }, [ADA]],
  [{ id: ['evt_1'] }, [BOB]],
  [{ id: [job.id.slice(0, 12)] }, [ADA]],
  [{ olderThan: '90m' }, [ADA]],
  [{ newerThan: '90m' }, [BOB, CAT]],
  [{ olderThan: '30m', newerThan: '90m' }, [BOB]],
  [{ reason: ['transient'], source: ['stripe'] }, []],
])('%j takes %j', (options, expected) => {
  const filter = createFilter(options, START);

  const taken = [jobDeadLetter, deliveryDeadLetter, strange].filter(filter).map(({ id }) => id);

  expect(taken).toEqual(expected);
});

test('the event of that id is taken, and not those whose ids begin so', () => {
  const deadLetters = ['order-1', 'order-10', 'order-100', 'order-1000'].map((eventId) => {
    const deadLetter = deadJob(
      { ...job, cause: { ...job.cause, eventId } },
      { reason: 'transient' },
    );
    return received(deadLetter, `of ${eventId}`);
  });

  expect(deadLetters.filter(createFilter({ id: ['order-10'] }, START)).map(({ id }) => id)).toEqual(
    ['of order-10'],
  );
});

test.each(['id', 'reason', 'label', 'olderThan'] as const)(
  'an empty %s, as a shell makes of a variable that is not set, is refused',
  (name) => {
    const options = { [name]: name === 'olderThan' ? '' : ['x', ''] };

    expect(() => createFilter(options, START)).toThrow(/ is (empty|no age)/);
  },
);

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1.5d', 129_600_000],
])('%s is %d ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});

test.each(['', '2', 'h', '2 h', '-2h', '2y', '2h!'])('"%s" is no age', (text) => {
  expect(() => durationOf(text)).toThrow('is no age. Write 90s, 15m, 2h or 3d.');
});
