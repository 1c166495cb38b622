import { afterEach, describe, expect, test } from '@jest/globals';
import type { ContactReference } from '../../lib/events/event.ts';
import {
  type Candidate,
  candidates as candidatesOf,
} from '../../lib/labelling/contact/candidates.ts';
import { type Operation, WixError, type WixFailure } from '../../lib/wix/calls/failure.ts';
import { createFakeWix, refusal } from '../support/fake-wix.ts';
import { type CapturedLog, captureLog } from '../support/log.ts';
import { contact } from '../support/lookups-stage.ts';

let output: CapturedLog | undefined;
afterEach(() => {
  output?.restore();
  output = undefined;
});

type Answers = Partial<Record<'guess' | 'member' | 'email' | 'phone', string | Error>>;

/** A search of which each step gives what the test says: an id, nobody, or an error. */
function search(
  reference: ContactReference,
  answers: Answers,
  over: Parameters<typeof contact>[1] = {},
) {
  const asked: string[] = [];
  const answer = (step: keyof Answers) => async (text: string) => {
    asked.push(`${step} ${text}`);
    const its = answers[step];
    if (its instanceof Error) throw its;
    return its;
  };
  const wix = {
    ...createFakeWix().site,
    getMemberContact: answer('guess'),
    getContact: async (id: string) => contact(id, { phones: ['p'], ...over }),
  };
  const siteIs =
    (ask: (text: string) => Promise<string | undefined>) => (site: unknown, text: string) => {
      expect(site).toBe(wix);
      return ask(text);
    };
  const lookups = {
    byMember: siteIs(answer('member')),
    byEmail: siteIs(answer('email')),
    byPhone: siteIs(answer('phone')),
  };
  return { asked, candidates: candidatesOf(reference, wix, lookups) };
}

/** All candidates but the contact id itself, for a caller that can use none; and what was thrown in the end. */
async function all(candidates: AsyncIterable<Candidate>) {
  const found: string[] = [];
  try {
    for await (const { id, by } of candidates) if (id !== 'c') found.push(`${id} by ${by}`);
  } catch (error) {
    return { found, error };
  }
  return { found, error: undefined };
}

const ALL = { contactId: 'c', memberId: 'm', email: 'e', phone: 'p' };
const UNREADABLE = { envelope: true };

describe('whom a reference may mean', () => {
  test('is asked for the surest first, each when the one before was none', async () => {
    const answers = { guess: 'A', member: 'B', email: 'C', phone: 'D' };
    const { asked, candidates } = search({ ...ALL, contactId: 'C' }, answers);
    const steps: unknown[] = [];
    for await (const candidate of candidates) steps.push(candidate, asked.splice(0));
    expect(steps).toEqual([
      { id: 'c', by: 'contactId' },
      [],
      { id: 'A', by: 'contactId' },
      ['guess C'],
      { id: 'B', by: 'memberId' },
      ['member m'],
      { id: 'C', by: 'email' },
      ['email e'],
      { id: 'D', by: 'phone' },
      ['phone p'],
    ]);
  });

  test.each([
    ['contactId', { contactId: 'c' }, ['guess c']],
    ['memberId', { memberId: 'm' }, ['member m']],
    ['email', { email: 'e' }, ['email e']],
    ['phone', { phone: 'p' }, ['phone p']],
    ['nothing', { firstName: 'Ada' }, []],
  ])('is asked for by what there is alone: %s', async (_name, reference, expected) => {
    const { asked, candidates } = search(reference, {});
    expect(await all(candidates)).toEqual({ found: [], error: undefined });
    expect(asked).toEqual(expected);
  });

  test.each([
    ['has no e-mail', {}, ['D by phone']],
    ['has the e-mail by now', { emails: ['x', 'E'] }, ['D by email']],
    ['has another e-mail by now', { emails: ['x'] }, []],
    ['was merged into one who has another', { id: 'E', emails: ['x'] }, []],
    ['was merged into one who has none', { id: 'E' }, ['E by phone']],
  ])(
    'is looked at by its id, found by the phone of one with an e-mail: %s',
    async (_name, over, found) => {
      const { candidates } = search({ email: 'e', phone: 'p' }, { phone: 'D' }, over);
      expect((await all(candidates)).found).toEqual(found);
    },
  );

  test('is nobody where nobody is found, and the search goes on', async () => {
    const { asked, candidates } = search(ALL, { phone: 'D' });
    expect(await all(candidates)).toEqual({ found: ['D by phone'], error: undefined });
    expect(asked).toEqual(['guess c', 'member m', 'email e', 'phone p']);
  });
});

describe('a refused question about a member', () => {
  const REFUSALS: [string, number, Partial<WixFailure>][] = [
    ['no permission', 403, UNREADABLE],
    ['malformed', 400, {}],
    ['no members area', 428, {}],
  ];

  test.each(REFUSALS)('that was a guess (%s) is forgotten', async (_name, status, over) => {
    output = captureLog();
    const guess = refusal('getMember', status, over);
    const { candidates } = search(ALL, { guess, email: 'C' });
    expect(await all(candidates)).toEqual({ found: ['C by email'], error: undefined });
  });

  test.each(REFUSALS)(
    'by the event’s own member id (%s) is thrown when all else is tried',
    async (_name, status, over) => {
      output = captureLog();
      const member = refusal('queryMembers', status, over);
      const { candidates } = search(ALL, { member, email: 'C', phone: 'D' });
      const { found, error } = await all(candidates);
      expect(found).toEqual(['C by email', 'D by phone']);
      expect(error).toBe(member);
    },
  );

  test('by the event’s own member id is of no matter to who found the contact before', async () => {
    output = captureLog();
    const member = refusal('getMember', 403, UNREADABLE);
    const { contactId: _, ...reference } = ALL;
    const { asked, candidates } = search(reference, { member, email: 'C' });
    expect(await candidates.next()).toEqual({ done: false, value: { id: 'C', by: 'email' } });
    expect(await candidates.return()).toEqual({ done: true, value: undefined });
    expect(asked).not.toContain('phone p');
  });

  test('is reported in the log', async () => {
    output = captureLog();
    const answer = { code: 'NO_PERMISSION', requestId: 'request-1', envelope: true };
    const guess = refusal('getMember', 403, answer);
    await all(search({ contactId: 'c' }, { guess }).candidates);
    expect(output.lines()).toEqual([
      {
        time: expect.any(String),
        level: 'warn',
        message: 'members-unreadable',
        httpStatus: 403,
        wixCode: 'NO_PERMISSION',
        wixRequestId: 'request-1',
      },
    ]);
  });
});

describe('any other failure ends the search', () => {
  const at = (operation: Operation, status: number, over: Partial<WixFailure> = {}) =>
    refusal(operation, status, over);

  test.each([
    ['credentials refused', at('getMember', 401)],
    ['refused by the edge', at('getMember', 403, { envelope: false })],
    ['throttled', at('getMember', 429)],
    ['unavailable', at('getMember', 503)],
    ['a status of no row', at('getMember', 410)],
    ['a route that is no more', at('queryMembers', 404)],
    ['no answer', new WixError({ operation: 'getMember', kind: 'network' })],
    ['not sent', new WixError({ operation: 'getMember', kind: 'circuit-open' })],
    ['no token: refused', at('createToken', 403, UNREADABLE)],
    ['no token: malformed', at('createToken', 400)],
    ['no token: precondition', at('createToken', 428)],
    ['no token: unavailable', at('createToken', 500)],
    ['an exception', new TypeError('of a test')],
  ])('of a question about a member: %s', async (_name, error) => {
    output = captureLog();
    const guessed = search(ALL, { guess: error, email: 'C' });
    const known = search(ALL, { member: error, email: 'C' });

    const thrown = [await all(guessed.candidates), await all(known.candidates)];

    for (const one of thrown) {
      expect(one.found).toEqual([]);
      expect(one.error).toBe(error);
    }
    expect(guessed.asked).toEqual(['guess c']);
    expect(known.asked).toEqual(['guess c', 'member m']);
    expect(output.text()).toBe('');
  });

  test.each([
    ['email', 400, ['guess c', 'member m', 'email e']],
    ['email', 403, ['guess c', 'member m', 'email e']],
    ['email', 428, ['guess c', 'member m', 'email e']],
    ['phone', 400, ['guess c', 'member m', 'email e', 'phone p']],
  ] as const)('of the look-up by %s: %i', async (by, status, expected) => {
    output = captureLog();
    const refused = refusal('queryContacts', status, UNREADABLE);
    const { asked, candidates } = search(ALL, { [by]: refused });
    const { error } = await all(candidates);
    expect(error).toBe(refused);
    expect(asked).toEqual(expected);
    expect(output.text()).toBe('');
  });
});
