import type { ContactKeys } from '../../cli/commands/backfill/groups.ts';
import { patientCall } from '../../cli/commands/backfill/patient-call.ts';
import type { AtSite } from '../../cli/commands/backfill/session.ts';
import { openCalls, wixSite } from '../../lib/wix/site.ts';
import type { WixSimulatorOptions } from '../../simulators/wix/simulator.ts';
import { API_KEY, SITE_ID, simulatedWix } from './simulated-wix.ts';
import { journalPath, testJournal } from './test-journal.ts';
import { aContext } from './wix-client.ts';

/** A backfill at a simulated Wix, on a clock that goes on only while somebody sleeps. */
export async function backfillStage(options: WixSimulatorOptions = {}) {
  let time = Date.UTC(2026, 10, 22);
  const now = () => time;
  const sleep = async (ms: number) => {
    time += ms;
  };
  const { wix, keyOf } = simulatedWix({ now, requestsPerMinute: 1_000_000, ...options });
  const call = openCalls({
    baseUrl: 'http://wix.test',
    credentials: { kind: 'api-key', apiKey: API_KEY },
    fetch: wix.fetch,
    now,
    clock: now,
    sleep,
    random: () => 0.5,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    limit: 1_000_000,
  })(aContext(SITE_ID));
  const notes: string[] = [];
  const note = (text: string) => {
    notes.push(text);
  };
  const journalFile = await journalPath();

  /**
   * As a run of the command opens it: what was noted before is there.
   * @param stopAfter so many calls somebody presses Ctrl-C
   */
  async function site(stopAfter = Number.POSITIVE_INFINITY): Promise<AtSite> {
    const stopping = new AbortController();
    const { signal } = stopping;
    let sent = 0;
    const onSent = () => {
      sent += 1;
      if (sent >= stopAfter) stopping.abort();
    };
    const rest = async (ms: number) => {
      signal.throwIfAborted();
      await sleep(ms);
    };
    const patient = patientCall(call, { signal, sleep: rest, note, onSent });
    const journal = await testJournal(journalFile);
    return { wix: wixSite(patient), call: patient, journal, sleep: rest, note };
  }

  /** Contacts that all want the same of a label. */
  async function contacts(count: number, add: string): Promise<ContactKeys[]> {
    const key = await keyOf(add);
    const ids = Array.from({ length: count }, (_, i) =>
      wix.addContact({ email: `${i}@example.com` }),
    );
    return ids.map((contactId) => ({ contactId, add: [key], remove: [] }));
  }

  const asked = (operation: string) =>
    wix.calls.filter((made) => made.operation === operation).length;

  return { wix, keyOf, site, contacts, asked, notes };
}
