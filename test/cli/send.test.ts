import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CODE_SOURCES } from '../../lib/events/event.ts';
import { codeSources } from '../../lib/sources/index.ts';
import { eventsOf } from '../../samples/samples.ts';
import {
  type EngineProcess,
  earmark,
  earmarkHere,
  startEarmark,
  startEngineProcess,
} from '../support/earmark.ts';
import { readOurs } from '../support/read-ours.ts';

let engine: EngineProcess;
beforeAll(async () => {
  engine = await startEngineProcess();
});
afterAll(() => engine.stop());

const send = (...args: string[]) => earmarkHere(['send', ...args], engine);

async function contactOf(email: string): Promise<{ id: string; labels: readonly string[] }> {
  const found = await engine.simulator(`contacts?email=${email}`);
  const { contacts } = found as unknown as { contacts: { id: string; labels: string[] }[] };
  const [contact] = contacts;
  if (!contact) throw new Error(`There is no contact ${email}.`);
  return contact;
}

describe('earmark send to the engine', () => {
  test.each(CODE_SOURCES)('a purchase of %s labels its contact, and says so', async (source) => {
    // Act
    const email = `buyer-of-${source}@example.com`;
    const { code, out, err } = await send(source, '--email', email);

    // Assess
    const labels = ['Customer', 'VIP'];
    expect({ code, err }).toEqual({ code: 0, err: `Added ${email} to the simulated Wix.\n` });
    const { id, labels: had } = await contactOf(email);
    expect([...had].sort()).toEqual([...labels].sort());
    expect(out).toContain(`Sent ${source} order.paid`);
    expect(out).toContain('Answered 200 queued\n');
    expect(out).toContain(`try 1: added ${labels.join(', ')} (contact ${id})`);
    expect(out).toContain('→ Done.');
  });

  // One of each way to prove it that can be made here: the address is signed, or holds the secret, or the body does.
  test.each([
    'polar',
    'square',
    'pipedrive',
    'gumroad',
    'thrivecart',
    'wix-automations',
    'ko-fi',
    'n8n',
  ])('a sample of %s is taken, and its secret not shown', async (source) => {
    const [event = ''] = eventsOf(source);
    const who = ['--email', `buyer-of-${source}@example.com`];

    const { code, out } = await send(source, event, ...who, '--no-wait');
    const dry = await send(source, event, ...who, '--dry-run');
    const json = await send(source, event, ...who, '--dry-run', '--json');

    expect(out).toContain(`Sent ${source} ${event}`);
    expect(out).toMatch(/Answered 200 (?:queued|no rule|ignored)/);
    expect(code).toBe(0);
    const secret = engine.state.signingSecrets[source] ?? '';
    expect(secret.length).toBeGreaterThan(8);
    const shown = [out, dry.out, json.out].join('');
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(Buffer.from(secret).toString('base64'));
  });

  test('what nobody here can sign is refused before anything is added', async () => {
    const { code, out, err } = await send('paypal', '--email', 'pay@example.com');

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /A delivery of paypal cannot be signed here.*\n.*sources try body\.json --as paypal/,
    );
    expect(err).not.toContain('Added');
  });

  test('a form is shown as it is posted', async () => {
    const { out, err } = await send('thrivecart', '--email', 'form@example.com', '--dry-run');

    expect(out).toMatch(/\n\n\S*=form%40example\.com\S*\n$/);
    expect(out).toContain('thrivecart_secret=***');
    expect(err).toContain('The body is this. Nothing was sent.');
  });

  test('an event that names nobody is said to, and its address leads to the same server', async () => {
    const { out } = await send('etsy', '--email', 'nameless@example.com', '--no-wait');
    const dry = await send('etsy', '--dry-run');

    expect(out).toContain('This event of etsy names nobody.');
    expect(out).not.toContain('about nameless@example.com');
    expect(dry.out).toMatch(/"resource_url": "https:\/\/(?:open)?api\.etsy\.com\//);
  });

  test('an event is followed whose secret stands in the body, and so is masked when its id is made', async () => {
    const { code, out } = await send('thrivecart', '--email', 'cart@example.com');

    expect(out).toContain('try 1: added ');
    expect(code).toBe(0);
  });

  test('any event goes, with values of one’s own, about a contact that is there', async () => {
    // Arrange
    await send('custom', '--email', 'kim@example.com');

    // Act
    const refund = ['woocommerce', 'order.refunded', '--email', 'kim@example.com'];
    const { code, out, err } = await send(...refund, '--set', 'total="25.00"', '--set', 'meta.k=1');

    // Assess
    expect({ code, err }).toEqual({ code: 0, err: 'The sample had no meta.k: it was added.\n' });
    expect(out).toContain('rule "refunds" matched: remove Customer');
    expect((await contactOf('kim@example.com')).labels).not.toContain('Customer');
  });

  test('--json is one document, with what became of it', async () => {
    const args = ['send', 'shopify', '--email', 'json@example.com', '--json'];
    const { code, out } = await earmark(args, engine);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      source: 'shopify',
      type: 'order.paid',
      topic: 'orders/paid',
      eventId: expect.stringMatching(/^orders\/paid:[0-9a-f-]{36}$/),
      read: ['order.paid'],
      to: 'the local engine',
      url: `${engine.state.url}/webhooks/shopify`,
      email: 'json@example.com',
      answer: { httpStatus: 200, status: 'queued' },
      story: { state: 'done', steps: [{ status: 'queued' }, { outcome: 'done' }] },
    });
  });

  test('a contact that is not there is waited for, and the command says how to follow', async () => {
    const { code, out } = await send('custom', '--email', 'nobody@example.com', '--no-contact');

    expect(code).toBe(0);
    expect(out).toContain('try 1: the site has no such contact; next try at ');
    expect(out).toMatch(/→ Waits for the contact; next try about \d\d:\d\d:\d\d\./);
    expect(out).toMatch(/Follow it: \.\/earmark explain order\.paid:[0-9a-f-]{36}\n$/);
  });

  test('--no-wait says what was answered, and no more', async () => {
    const { out } = await send('shopify', '--no-wait');

    expect(out).toMatch(
      /^Sent shopify .*\nEvent orders\/paid:.*\nAnswered 200 queued\nFollow it: /,
    );
  });

  test('an event that no rule takes says how to find out why, and that works', async () => {
    // Act
    const { code, out } = await send('wix', 'subscription.started', '--set', "planName=Kim's");

    // Assess
    expect(code).toBe(0);
    expect(out).toContain('Answered 200 ignored: no rule matched');
    const hint = String.raw`./earmark send wix subscription.started --set 'planName=Kim'\''s' --dry-run --json | ./earmark rules test -`;
    expect(out).toContain(hint);
    const again = ['wix', 'subscription.started', '--set', "planName=Kim's", '--dry-run', '--json'];
    const dry = await send(...again);
    const tested = startEarmark(['rules', 'test', '-']);
    tested.child.stdin?.end(dry.out);
    expect((await tested.finished).out).toContain('subscription.started');
  });

  test('what cannot be read is a dead letter, and no success', async () => {
    const { code, out } = await send('custom', '--set', 'total=a lot');

    expect(code).toBe(1);
    expect(out).toContain('Earmark would not take it for an event (unreadable: total is not');
    expect(out).toContain('Answered 200 dead-letter: unreadable: total is not a plain number');
    expect(out).toContain('./earmark dead-letters list');
  });

  test('what is refused is no success', async () => {
    const { code, out } = await send('shopify', '--secret', 'another');

    expect(code).toBe(1);
    expect(out).toContain('Answered 401 refused');
  });
});

describe('--dry-run', () => {
  test.each(CODE_SOURCES)('prints the request of %s, and sends nothing', async (source) => {
    // Act
    const dry = ['--dry-run', '--email', `dry-${source}@example.com`];
    const [plain, json] = await Promise.all([send(source, ...dry), send(source, ...dry, '--json')]);

    // Assess
    expect([plain.code, json.code]).toEqual([0, 0]);
    expect(plain.out).toContain(`POST ${engine.state.url}/webhooks/${source}\n`);
    expect(plain.out).toContain(`"dry-${source}@example.com"`);
    expect(plain.err).toContain('Nothing was sent.');
    const { source: named, headers, body } = JSON.parse(json.out);
    expect(named).toBe(source);
    const reading = readOurs(codeSources[source], {
      headers,
      body: Buffer.from(body),
      receivedAt: 0,
    });
    expect(reading).toMatchObject({ kind: 'events', events: [{ type: 'order.paid' }] });
    await expect(contactOf(`dry-${source}@example.com`)).rejects.toThrow('There is no contact');
    expect(plain.out + json.out).not.toContain(engine.state.signingSecrets[source]);
  });
});

describe('the command line', () => {
  test.each<[string, string[], string]>([
    ['a source that is none', ['shopfy'], 'There is no source "shopfy". Did you mean `shopify`?'],
    ['an event that is none', ['shopify', 'order.payed'], 'Did you mean `order.paid`?'],
    [
      'an event that the source cannot send',
      ['stripe', 'order.fulfilled'],
      'stripe cannot send order.fulfilled. It can send order.created, order.paid, order.refunded',
    ],
    [
      'a path that cannot be set',
      ['custom', '--set', 'total.x=1'],
      '--set total.x=1: total is 249',
    ],
    ['an address that is none', ['custom', '--email', 'kim'], '--email is "kim"'],
    [
      'a contact id where no delivery has one',
      ['shopify', '--contact-id', '11111111-2222-4333-8444-555555555555'],
      'names no contact of Wix',
    ],
    ['a contact id that is none', ['wix', '--contact-id', '7'], 'no GUID'],
    [
      'a person who is named by id alone, without the id',
      ['wix', 'customer.updated', '--no-contact'],
      'Give it: --contact-id',
    ],
    ['a stage and a URL', ['custom', '--to', 'http://x', '--stage', 'prod'], 'not both'],
    ['no secret for a URL', ['custom', '--to', 'http://127.0.0.1:1'], 'CUSTOM_WEBHOOK_SECRET in'],
    ['no key for a URL', ['wix', '--to', 'http://127.0.0.1:1'], '--private-key key.pem'],
    ['a secret for wix', ['wix', '--secret', 'x'], '--private-key'],
    ['a key that is none', ['wix', '--private-key', 'package.json'], 'no private RSA key'],
    [
      'a secret that cannot be one',
      ['standard-webhooks', '--secret', '%'],
      '--secret cannot sign: it verifies nothing: give whsec_',
    ],
    ['a URL that is none', ['custom', '--to', 'here', '--secret', 'x'], '--to is "here"'],
    ['a wait that is none', ['custom', '--wait', 'long'], 'A whole number from 1'],
  ])('%s is refused, with what to do', async (_, args, message) => {
    const { code, out, err } = await send(...args);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('Added');
  });

  test('no engine is said, and nobody at a URL', async () => {
    const [none, nobody] = await Promise.all([
      earmarkHere(['send', 'shopify']),
      send('shopify', '--to', 'http://127.0.0.1:9', '--secret', 'x'),
    ]);

    expect(none).toMatchObject({ code: 3, err: expect.stringContaining('npm start') });
    expect(nobody).toMatchObject({ code: 3, err: expect.stringContaining('cannot be reached') });
  });
});
