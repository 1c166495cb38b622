import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './template.ts';

// Starts the engine as `npm start` does, posts one event, waits for its labels, and stops it. Runs in CI on the
// systems that the tests do not run on.

const PATIENCE_MS = 300_000;
/** What an engine of the developer's remembers is neither read nor changed. */
const FOLDER = mkdtempSync(join(tmpdir(), 'earmark-smoke-'));

const engine = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', 'engine/start.ts'],
  {
    cwd: ROOT,
    env: {
      ...process.env,
      EARMARK_STATE: join(FOLDER, 'engine.json'),
      PORT: '0',
      WIX_SIMULATOR_PORT: '0',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const giveUp = setTimeout(() => engine.kill(), PATIENCE_MS);
let address = '';
let labelled = false;

for await (const line of createInterface({ input: engine.stdout })) {
  console.log(line);
  address ||= /^Earmark is ready on (\S+)$/.exec(line)?.[1] ?? '';
  // It has delivered its samples: the buyer of one is a contact now.
  if (line.includes('Ctrl-C ends Earmark')) await post(`${address}/webhooks/custom`);
  // With her sample's order she has spent enough for the next label; "remembered" would be none.
  if (/^custom order\.paid → (?!remembered|undecided).*ada@example\.com/.test(line)) {
    labelled = true;
    engine.kill();
  }
}
clearTimeout(giveUp);
rmSync(FOLDER, { recursive: true, force: true });
if (!labelled) throw new Error('The event was not labelled.');
console.log('One event was labelled.');

async function post(url: string): Promise<void> {
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer dev-custom-secret', 'content-type': 'application/json' },
    body: JSON.stringify({
      event: 'order.paid',
      email: 'ada@example.com',
      order_id: '1',
      total: 300,
      currency: 'USD',
    }),
  });
  if (status !== 200) throw new Error(`It was answered ${status}.`);
}
