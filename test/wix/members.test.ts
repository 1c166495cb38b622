import { describe, expect, test } from '@jest/globals';
import { WixError } from '../../lib/wix/calls/failure.ts';
import { getMemberContact, queryMemberContacts } from '../../lib/wix/members.ts';
import { createWixSimulator } from '../../simulators/wix/simulator.ts';
import { answeringCall } from '../support/answering-call.ts';
import { APP, SITE_ID } from '../support/jobs.ts';
import { openWix } from '../support/wix-client.ts';

describe('a member', () => {
  test.each([
    ['leads to its contact', { contactId: 'c' }, 'c'],
    ['of no contact leads to none', {}, undefined],
    ['of contact null leads to none', { contactId: null }, undefined],
    ['of contact "" leads to none', { contactId: '' }, undefined],
    ['is shown by its id in whatever case', { id: 'M/N', contactId: 'c' }, 'c'],
    ['that is another leads to none', { id: 'x', contactId: 'c' }, undefined],
  ])('%s', async (_name, member, contactId) => {
    const { call, sent } = answeringCall({ member });
    expect(await getMemberContact(call, 'm/n')).toBe(contactId);
    expect(sent).toMatchObject([{ operation: 'getMember', path: '/members/v1/members/m%2Fn' }]);
  });

  const refusal = (status: number, envelope: boolean) =>
    answeringCall(new WixError({ operation: 'getMember', kind: 'answer', status, envelope })).call;

  test("that any 404 of Wix's denies is none", async () => {
    expect(await getMemberContact(refusal(404, true), 'm')).toBeUndefined();
  });

  test.each([
    ['another answer', 403, true],
    ["a gateway's 404", 404, false],
  ] as const)('is not denied by %s', async (_name, status, envelope) => {
    await expect(getMemberContact(refusal(status, envelope), 'm')).rejects.toThrow(`${status}`);
  });
});

describe('several members', () => {
  test('are asked for together; those without a contact are left out', async () => {
    const members = [{ id: 'm1', contactId: 'c1' }, { id: 'm2' }, { id: 'm3', contactId: null }];
    const { call, sent } = answeringCall({ members });
    expect([...(await queryMemberContacts(call, ['m1', 'm2', 'm3']))]).toEqual([['m1', 'c1']]);
    expect(sent).toMatchObject([
      {
        operation: 'queryMembers',
        method: 'POST',
        path: '/members/v1/members/query',
        body: { query: { filter: { id: { $in: ['m1', 'm2', 'm3'] } }, paging: { limit: 100 } } },
      },
    ]);
  });

  test.each([[{}], [{ members: null }]])('may be none: %j', async (answer) => {
    expect([...(await queryMemberContacts(answeringCall(answer).call, ['m']))]).toEqual([]);
  });

  test('are found by the simulated Wix too', async () => {
    const wix = createWixSimulator({ app: APP });
    const memberIds = [1, 2, 3].map((n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`);
    const [ada = '', bob = '', nobody = ''] = memberIds;
    const adaId = wix.addContact({ email: 'ada@example.com', memberId: ada });
    const bobId = wix.addContact({ email: 'bob@example.com', memberId: bob });
    const found = await openWix(wix)(SITE_ID).queryMemberContacts([bob, nobody, ada]);
    expect([...found].toSorted()).toEqual([
      [ada, adaId],
      [bob, bobId],
    ]);
  });
});
