import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { SHOP } from '../../samples/shop.ts';
import { recordLogFile } from '../support/log-watch/record.ts';
import { childrenOf, isAlive, until } from '../support/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Not the project's own, where an engine may run. */
const folder = mkdtempSync(join(tmpdir(), 'earmark-start-'));
const statePath = join(folder, 'engine.json');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  recordLogFile(statePath.replace('.json', '.log'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm start` runs, with no setting but these. */
function start(env: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'engine/start.ts'), ...args],
    { cwd: SHOP, env: { PATH: process.env.PATH, EARMARK_STATE: statePath, ...env } },
  );
  started.push(child);
  const printed = { out: '', error: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.error += chunk;
  });
  return { child, printed, exit: once(child, 'exit') };
}

const FREE_PORTS = { PORT: '0', WIX_SIMULATOR_PORT: '0' };

describe('npm start', () => {
  test('gets ready, labels every sample, says what to try, and ends at Ctrl-C', async () => {
    // Act
    const { child, printed, exit } = start({ ...FREE_PORTS, WIX_REQUESTS_PER_MINUTE: '1000000' });
    await until(() => printed.out.includes('Ctrl-C ends Earmark'));

    // Assess
    expect(printed.error).toBe('');
    const [, url = ''] =
      /^Earmark is ready on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(printed.out) ?? [];
    const lines = printed.out.split('\n').map((line) => line.replace(/contact \S+ /, ''));
    expect(lines).toEqual(
      expect.arrayContaining([
        'shopify orders/paid → Customer, VIP → (ada@example.com)',
        'woocommerce order.updated → Customer, VIP → (grace@example.com)',
        'stripe checkout.session.completed → Customer, VIP → (alan@example.com)',
        'wix wix.ecom.v1.order_approved → Customer, VIP → (katherine@example.com)',
        'standard-webhooks order.paid → Customer, VIP → (edsger@example.com)',
        'custom order.paid → Customer, VIP → (margaret@example.com)',
      ]),
    );

    // Act: the request that it prints, as it stands
    const command = /^ {2}curl .*?}'$/ms.exec(printed.out)?.[0] ?? '';
    expect(command).toContain(url);
    const curl = spawn('sh', ['-c', command], { stdio: 'ignore' });
    await once(curl, 'exit');
    // The sample of Shopify has labelled the same contact; one of the two workers knows.
    const ofCustom = /^custom order\.paid → Customer, VIP.* → contact \S+ \((\S+)\)$/gm;
    const labelled = () => [...printed.out.matchAll(ofCustom)].map(([, email]) => email);
    await until(() => labelled().length > 1);
    expect(labelled()).toEqual(['margaret@example.com', 'ada@example.com']);

    // Act
    const children = childrenOf(child.pid ?? 0);
    child.kill('SIGINT');

    // Assess
    expect(await exit).toEqual([0, null]);
    expect(children.filter(isAlive)).toEqual([]);
  });

  test('labels no contact of a real site by itself', async () => {
    const env = {
      ...FREE_PORTS,
      WIX_API_URL: 'http://127.0.0.1:9',
      WIX_API_KEY: 'key-of-mine',
      WIX_SITE_ID: '5a1e0000-0000-4000-8000-000000000001',
    };

    const { printed } = start(env);
    await until(() => printed.out.includes('Ctrl-C ends Earmark'));

    expect(printed.out).toContain('No samples: they would label contacts of a real site.');
    expect(printed.out).toMatch(
      /queue .* kept in .*engine\.real-5a1e0000-0000-4000-8000-000000000001\.journal/,
    );
    expect(printed.out).not.toContain('key-of-mine');
    expect(printed.out).not.toMatch(/→ .*Customer/);
  });

  test('--help names the settings and starts nothing', async () => {
    const { printed, exit } = start({}, '--help');

    expect(await exit).toEqual([0, null]);
    expect(printed.out).toMatch(/PORT.*WIX_SIMULATOR_PORT.*WIX_API_URL/s);
    expect(printed.out).not.toContain('Building');
  });

  test('takes no other argument', async () => {
    const { printed, exit } = start({}, '--prot', '3100');

    expect(await exit).toEqual([1, null]);
    expect(printed).toEqual({ out: '', error: expect.stringContaining("Unknown option '--prot'") });
  });

  test('a second one leaves the first and its log alone', async () => {
    // Arrange
    const first = start(FREE_PORTS);
    await until(() => /→ .*Customer/.test(first.printed.out));
    const [, url = ''] = /ready on (\S+)/.exec(first.printed.out) ?? [];

    // Act
    const second = start(FREE_PORTS);
    const [code] = await second.exit;

    // Assess
    expect(code).toBe(1);
    expect(second.printed.error).toContain(`runs already, on ${url}. End that one`);
    expect(readFileSync(statePath.replace('.json', '.log'), 'utf8')).toContain('"outcome":"done"');
  });

  test.each(['PORT', 'WIX_SIMULATOR_PORT'])('says in one line that %s is taken', async (name) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await until(() => taken.listening);
    const { port = 0 } = taken.address() as { port?: number };

    const { printed, exit } = start({ ...FREE_PORTS, [name]: String(port) });
    const [code] = await exit;
    taken.close();

    expect(code).toBe(1);
    expect(printed.error).toMatch(new RegExp(`^.*${port}.*in use.*${name}=.*\\n$`));
  });

  test('says in one line what is wrong with a setting', async () => {
    const { printed, exit } = start({ PORT: 'three thousand' });

    expect(await exit).toEqual([1, null]);
    expect(printed.error).toMatch(/^PORT is "three thousand"\. Set it to a port number.*\n$/);
  });
});
