import type { WixSimulator } from '../../simulators/wix/simulator.ts';
import type { FaultCase } from './fault.ts';
import type { Anomaly, LabelHistory } from './verdict.ts';

/** What Wix takes of a site in any 60 s. */
const WIX_LIMIT = 200;

/** In minutes. A breaker probes every quarter of an hour at least, and a failed job is tried as often. */
const LONGEST_RECOVERY = 20;

/** What came of one run. */
export interface FaultResult {
  readonly name: string;
  readonly events: number;
  /** Labels of people, by what is wrong with them. */
  readonly anomalies: Readonly<Record<Anomaly, number>>;
  /** The first ten of them. */
  readonly samples: readonly { readonly anomaly: Anomaly; readonly label: LabelHistory }[];
  /** E-mails and phones that more than one contact has: contacts created twice. */
  readonly duplicateContacts: number;
  readonly calls: number;
  /** Of these, while the fault lasted. */
  readonly callsMeanwhile: number;
  /** The most calls in any 60 s. */
  readonly largestWindow: number;
  /** By reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Log lines of breakers. */
  readonly opened: number;
  readonly closed: number;
  readonly processes: number;
  /** Virtual minutes from the end of the fault until nothing is queued that was sent before. */
  readonly recoveryMinutes: number;
  /** How long the contacts that waited then take at least: one call each, at the workers' budget. */
  readonly leastMinutes: number;
  /** Why it failed; empty when it passed. */
  readonly problems: readonly string[];
}

/** What no fault excuses, and what the fault itself expects. */
export function problemsOf(
  { deadLetters = [], mostCalls = Number.POSITIVE_INFINITY, windowUnjudged = false }: FaultCase,
  result: Omit<FaultResult, 'problems'>,
): readonly string[] {
  const { anomalies, duplicateContacts, callsMeanwhile, largestWindow, opened, closed, processes } =
    result;
  const { recoveryMinutes } = result;
  const { blind, ...wrong } = anomalies;
  const strangers = Object.keys(result.deadLetters).filter((why) => !deadLetters.includes(why));
  const faults = Object.entries(wrong).filter(([, count]) => count > 0);
  const claims: readonly (readonly [boolean, string])[] = [
    [duplicateContacts === 0, `${duplicateContacts} contacts were created twice`],
    [strangers.length === 0, `dead letters nobody expected: ${strangers.join(', ')}`],
    [windowUnjudged || largestWindow <= WIX_LIMIT, `${largestWindow} calls in 60 s`],
    [callsMeanwhile <= mostCalls, `${callsMeanwhile} calls meanwhile, over ${mostCalls}`],
    [processes > 2 || opened === closed, `breakers opened ${opened} times, closed ${closed}`],
    [mostCalls === Number.POSITIVE_INFINITY || opened <= processes, `${opened} breakers opened`],
    [recoveryMinutes <= LONGEST_RECOVERY, `recovery took ${Math.ceil(recoveryMinutes)} minutes`],
  ];
  return [
    ...faults.map(([what, count]) => `${count} ${what}`),
    ...claims.filter(([holds]) => !holds).map(([, problem]) => problem),
  ];
}

/** E-mails and phones that more than one contact has. */
export function duplicateContacts(simulator: Pick<WixSimulator, 'contacts'>): number {
  const addresses = simulator
    .contacts()
    .flatMap(({ primaryInfo: { email, phone } }) => email ?? phone ?? []);
  return addresses.length - new Set(addresses).size;
}
