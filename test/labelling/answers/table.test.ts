import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

// Each row of the answer table in docs/architecture.md, by its first two cells, and the title of a test
// in this folder that runs it. A row without a test, or a test that is gone, is an error.
const TESTED_BY: Readonly<Record<string, string>> = {
  '404 `CONTACT_NOT_FOUND` | label, unlabel': '404 CONTACT_NOT_FOUND',
  '200, nobody found | look-up by e-mail or phone': '200, and nobody found by e-mail or phone',
  '200, a contact that shows another address, or several that show none | look-up by e-mail or phone':
    'a look-up that gives one who shows %s: nobody found',
  '409 `DUPLICATE_CONTACT_EXISTS` | create':
    'create, where the 409 names somebody else who has the phone: made without it',
  '200, another member | Get Member':
    'Get Member that answers with another member: the next reference',
  '200, no such label | query of the labels to remove':
    'at a site %s without that label makes none',
  '404 in the envelope, other or no code | label, unlabel': '%s for over five minutes: dead letter',
  '404 without the envelope | label, unlabel': "a gateway's 404 with %s twice: again by age",
  '404 in the envelope | Get Member': 'else by %s',
  '404 in the envelope, other or no code | any other':
    'a 404 at Query Contacts is a wrong route, never a missing contact',
  '428 `LABELS_QUOTA_REACHED` | find or create':
    'LABELS_QUOTA_REACHED: what exists is applied, the rest is dead with both numbers',
  '428 in the envelope, other code | any': 'another code at %s: dead',
  '400 in the envelope | any':
    'at %s, no old key named: dead, of a new key in time, and it says which field',
  '401 | any': '401 with an app, again: the breaker opens',
  '403 in the envelope | any but members': '401 and 403: credentials',
  '400, 403, 428 in the envelope | Get Member, Query Members':
    '%s to that guess (no members area): the search goes on',
  '3xx, 4xx but 408, 425 and 429, 501; 2xx without a token that can be used | token':
    '%i at the token endpoint: the breaker opens, the job stays: %j',
  '408, 425, 5xx but 501, no answer, no answer in 8 s, 2xx that is over 2 MiB or compressed in a way that cannot be undone | token':
    '%s at the token endpoint: again, however long it lasts',
  '4xx but 401 and 429, 501, without the envelope (empty, HTML, other JSON) | any but token':
    "a gateway's refusal of a look-up is never a missing contact, nor a weaker reference",
  '3xx, 408, 409, 425, 5xx but 501, no answer, no answer in 8 s, 2xx that is not what was asked for, is over 2 MiB or compressed in a way that cannot be undone | any but token':
    'what passes by itself',
  '429 | any': '429 pauses the whole site',
  '200 without the key (label) or with it (unlabel) | label, unlabel':
    'a label that stays on after Unlabel said 200 is reported, not believed',
  '501, any other 4xx, in the envelope | any': '%i in the envelope: dead',
  'any permanent answer, to five jobs with none done in between | any but token':
    'four are dead, the fifth opens the breaker; it and the others wait, and are done',
};

const folder = new URL('.', import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && name !== 'table.test.ts')
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

/** The first two cells of each row. */
function rows(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/architecture.md', folder), 'utf8');
  const [, section = ''] = page.split('## What an answer means\n');
  const lines = section.split('\n');
  const table = lines.slice(lines.findIndex((line) => line.startsWith('|')));
  const end = table.findIndex((line) => !line.startsWith('|'));
  return table.slice(2, end).map((line) => {
    const [, answer, operation] = line.split('|').map((cell) => cell.trim());
    return `${answer} | ${operation}`;
  });
}

test('each row of the answer table is run by a test of this folder', () => {
  expect(rows().toSorted()).toEqual(Object.keys(TESTED_BY).toSorted());
  const isThere = (title: string): boolean => sources.some((source) => source.includes(title));
  expect(Object.values(TESTED_BY).filter((title) => !isThere(title))).toEqual([]);
});
