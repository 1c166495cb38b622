import { setTimeout as wait } from 'node:timers/promises';
import type { Call } from '../../../lib/wix/calls/client.ts';
import { type WixSite, wixSite } from '../../../lib/wix/site.ts';
import type { World } from '../../kit/command.ts';
import type { OpenedSite } from '../../kit/site.ts';
import { type Journal, openJournal } from './journal.ts';
import { patientCall } from './patient-call.ts';

/** What a run works with. */
export interface AtSite {
  readonly wix: WixSite;
  readonly call: Call;
  readonly journal: Journal;
  /** Rejects with an AbortError at Ctrl-C. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly note: (text: string) => void;
}

/** One run at a site. */
export interface Session extends AtSite {
  /** Requests so far, tries again included. */
  sent(): number;
}

/** Opens the journal of a run, and calls that outlast a bad hour and end at Ctrl-C. */
export async function openSession(
  site: OpenedSite,
  journalFile: string,
  { terminal }: World,
): Promise<Session> {
  const { signal, err } = terminal;
  let sent = 0;
  const sleep = (ms: number): Promise<void> => wait(ms, undefined, { signal });
  const note = (text: string): void => {
    err.write(`${text}\n`);
  };
  const onSent = (): void => {
    sent += 1;
  };
  const call = patientCall(site.call, { signal, sleep, note, onSent });
  return {
    wix: wixSite(call),
    call,
    journal: await openJournal(journalFile),
    sleep,
    note,
    sent: () => sent,
  };
}
