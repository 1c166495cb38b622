import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type EngineProcess, startEngineProcess } from '../support/earmark.ts';

export const RULES = `contacts: { missing: wait }
labels:
  - label: Customer
    while: history.orders.exists(o, o.paid)
rules:
  - name: big spenders
    on: order.paid
    when: event.order.total >= 200.0
    add: [VIP]
`;

/** What `npm start` runs, for the tests of a file, in a folder of its own with these rules. */
export function useEngine(rules = RULES) {
  const folder = mkdtempSync(join(tmpdir(), 'earmark-page-'));
  const path = join(folder, 'rules.yml');
  let engine: EngineProcess | undefined;
  const started = (): EngineProcess => {
    if (!engine) throw new Error('The engine is not started yet.');
    return engine;
  };
  beforeAll(async () => {
    writeFileSync(path, rules);
    engine = await startEngineProcess({}, { cwd: folder });
  });
  const end = async (): Promise<void> => {
    await engine?.stop();
    engine = undefined;
  };
  afterAll(async () => {
    await end();
    rmSync(folder, { recursive: true });
  });
  return {
    end,
    get url() {
      return started().state.url;
    },
    readRules: () => readFileSync(path, 'utf8'),
    writeRules: (text: string) => writeFileSync(path, text),
    /** The labels of a contact of the simulated Wix, by name. */
    async labelsOf(email: string): Promise<readonly string[]> {
      const found = (await started().simulator(`contacts?email=${email}`)) as {
        contacts?: { labels: readonly string[] }[];
      };
      return found.contacts?.[0]?.labels ?? [];
    },
  };
}
