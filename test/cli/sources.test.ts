import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sourceNames } from '../../lib/sources/index.ts';
import { earmark, earmarkHere } from '../support/earmark.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-sources-'));
  await mkdir(join(folder, 'my-sources'));
});
afterAll(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const sources = (...args: readonly string[]) => earmarkHere(['sources', ...args], { cwd: folder });

const acme = (contact: string, email = 'kim@example.com') => `title: Acme
docs: https://example.com
checked: 2026-11-28
setup: [Enter the address.]
secret: A text of your own.
signed: { scheme: path }
event: { topic: what }
contact: ${contact}
events:
  bought: { is: order.paid, order: { id: no, total: { minor: cents }, currency: money } }
samples:
  - topic: bought
    body: { what: bought, who: { mail: ${email} }, no: 7, cents: 1250, money: eur }
    expect: { is: order.paid, contact: { email: kim@example.com }, order: { total: 12.5 } }
`;
const SOUND = acme('{ email: who.mail }');

describe('sources list', () => {
  test('has every source of the table, with its setting', async () => {
    const { code, out } = await sources('list', '--json');

    expect(code).toBe(0);
    const listed = JSON.parse(out).sources as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(sourceNames());
    expect(listed).toContainEqual({
      ...{ name: 'cal-com', title: 'Cal.com', from: 'file', proof: 'HMAC' },
      setting: 'CAL_COM_WEBHOOK_SECRET',
    });
    expect((await sources('list')).out).toMatch(/^cal-com +Cal\.com +file +HMAC$/m);
  });

  test('says which are your own, and which of them replace Earmark’s', async () => {
    await put('my-sources/acme.yml', SOUND);
    await put('my-sources/polar.yml', SOUND);

    const { code, out } = await earmark(['sources', 'list'], { cwd: folder });
    const check = await earmark(['sources', 'check'], { cwd: folder });

    expect(check.out).toContain("my-sources/polar.yml is read in place of Earmark's own polar.\n");
    await rm(join(folder, 'my-sources/polar.yml'));
    expect(code).toBe(0);
    expect(out).toMatch(/^acme +Acme +own file +in the path$/m);
    expect(out).toMatch(/^polar +Acme +own file, replaces Earmark’s +in the path$/m);
    expect(out).toContain('2 of them your own');
  });

  test('a broken file of your own ends it with its lines, and no stack', async () => {
    await put('my-sources/broken.yml', SOUND.replace('title', 'titel'));

    const { code, out, err } = await earmark(['sources', 'list'], { cwd: folder });

    await rm(join(folder, 'my-sources/broken.yml'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^my-sources\/broken\.yml:1:1: .*\n.*`titel`/);
    expect(err).not.toMatch(/^ +at /m);
  });
});

describe('sources check', () => {
  test('of all files finds nothing wrong with Earmark’s', async () => {
    const { code, out } = await sources('check', '--json');

    const { errors, files, remarks } = JSON.parse(out);
    expect({ code, errors, remarks }).toEqual({ code: 0, errors: [], remarks: [] });
    expect(files).toBeGreaterThan(30);
    const strict = JSON.parse((await sources('check', '--json', '--strict')).out);
    expect(strict.remarks.length).toBeGreaterThan(0);
  });

  test('reads each sample, and reports all files', async () => {
    await put('acme.yml', SOUND);
    await put('wrong.yml', acme('{ email: who.mail }', 'lee@example.com'));

    const { code, out } = await sources('check', 'wrong.yml', 'acme.yml');

    expect(code).toBe(1);
    expect(out).toMatch(
      /^wrong\.yml:\d+:\d+: `contact\.email` is read as "lee@example.com", where /,
    );
    expect(out).toMatch(/\n2 files with 1 sample, 1 error, 0 remarks\n$/);
  });

  test('remarks on a place that no sample has, which fails it with --strict alone', async () => {
    await put('typo.yml', acme('{ email: [who.mail, who.email], phone: who.fone }'));

    const loose = await sources('check', 'typo.yml');
    const strict = await sources('check', 'typo.yml', '--strict', '--json');

    expect([loose.code, strict.code]).toEqual([0, 1]);
    expect(loose.out).toContain(
      'typo.yml:8:49: remark: no sample has `contact.phone`, which is looked for at who.fone\n',
    );
    expect(JSON.parse(strict.out).remarks).toHaveLength(1);
  });

  test('remarks on a meaning that no sample has, and on the place that it asks for', async () => {
    const meanings = `
    - { when: { gone: true }, is: order.canceled, order: { id: no } }
    - { is`;
    await put('meaning.yml', SOUND.replace(' { is', meanings));

    const { out } = await sources('check', 'meaning.yml', '--json');

    const { remarks } = JSON.parse(out);
    expect(remarks.map(({ message }: { message: string }) => message)).toEqual([
      'no sample of `bought` has this meaning',
      'no sample has anything at `gone`, which this asks for',
    ]);
  });

  test('a file that is not there', async () => {
    expect(await sources('check', 'nothing.yml')).toMatchObject({ code: 2, out: '' });
  });
});

describe('sources try', () => {
  test('an unknown name is answered with one that is near', async () => {
    await put('any.json', '{}');

    const { code, err } = await sources('try', 'any.json', '--as', 'calcom');

    expect(code).toBe(2);
    expect(err).toMatch(/There is no source "calcom"\. Did you mean `cal-com`\?/);
    expect(err).not.toContain('thrivecart');
  });

  const INVITEE = {
    event: 'invitee.created',
    created_at: '2026-11-22T18:15:56Z',
    payload: { uri: 'https://example.com/1', email: 'kim@example.com', name: 'Kim Example' },
  };

  test('finds the source that fits, and says where each field stands or was looked for', async () => {
    await put('invitee.json', JSON.stringify(INVITEE));

    const { code, out } = await sources('try', 'invitee.json');

    expect(code).toBe(0);
    expect(out).toMatch(
      /^It fits calendly best\.\n\ntopic {4}invitee\.created\nmeans {4}booking\.created\n/,
    );
    expect(out).toMatch(/^contact\.email +kim@example\.com +payload\.email$/m);
    expect(out).toMatch(/^contact\.phone +payload\.text_reminder_number$/m);
    expect(out).toMatch(/^Rules cannot know: contact\.phone, /m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('reads it as the source that is named', async () => {
    await put('invitee.json', JSON.stringify(INVITEE));

    const { code, out } = await sources('try', 'invitee.json', '--as', 'typeform');

    expect(code).toBe(1);
    expect(out).toMatch(/^Read as typeform\.\n\ntopic {4}none is found\nmeans {4}unreadable: /);
    expect(out).toMatch(/^event\.topic +event_type$/m);
  });

  test('names two that fit equally well', async () => {
    await put('my-sources/acme.yml', SOUND);
    await put('my-sources/acme-two.yml', SOUND);
    await put(
      'bought.json',
      '{"what":"bought","who":{"mail":"kim@example.com"},"no":7,"cents":5,"money":"eur"}',
    );

    const { out } = await earmark(['sources', 'try', 'bought.json'], { cwd: folder });

    expect(out).toMatch(/^It fits acme best\.\nIt fits acme-two as well: name one with --as\.\n/);
    expect(out).toMatch(/^order\.total +0\.05 +cents in minor units$/m);
  });

  test('takes a form, and a topic that stands in a header', async () => {
    await put('sponsor.txt', 'action=created&sponsorship%5Bsponsor%5D%5Bemail%5D=kim@example.com');
    const named = ['try', 'sponsor.txt', '--as', 'github-sponsors', '--json'];

    const topic = await sources(...named, '--topic', 'sponsorship');
    const header = await sources(...named, '--header', 'X-GitHub-Event: sponsorship');

    expect(JSON.parse(topic.out)).toMatchObject({
      topic: 'sponsorship.created',
      event: { contact: { email: 'kim@example.com' } },
    });
    expect(JSON.parse(header.out).fields).toEqual(JSON.parse(topic.out).fields);
  });

  test('takes what a dead letter keeps, and reads sources that are code', async () => {
    const body = JSON.stringify({
      id: 'evt_1',
      type: 'customer.created',
      created: 1,
      object: 'event',
      data: { object: { object: 'customer', id: 'cus_1', email: 'kim@example.com' } },
    });
    await put('kept.json', JSON.stringify({ headers: {}, body }));

    const { code, out } = await sources('try', 'kept.json');

    expect(code).toBe(0);
    expect(out).toMatch(
      /^It fits stripe best\.\n\ntopic {4}customer\.created\nmeans {4}customer\.created\n/,
    );
    expect(out).toMatch(/^contact\.email +kim@example\.com$/m);
  });

  test.each([
    [['--as', 'nobody'], 2, /^There is no source "nobody"\. There are shopify, /],
    [['--as', 'polar', '--topic', 'order.paid'], 2, /^polar says its topic in the body/],
    [[], 1, /^No source knows this body\./],
  ])('says what is wrong: %p', async (args, code, message) => {
    await put('unknown.json', '{"zzz":1}');

    const finished = await sources('try', 'unknown.json', ...args);

    expect(finished).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
  });
});
