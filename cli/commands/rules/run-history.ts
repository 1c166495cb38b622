import { namesSomebody } from '../../../lib/events/contact.ts';
import { deliveryOfEvent, troublesOf } from './event-of-test.ts';
import { factsInShort } from './facts-in-short.ts';
import { PayloadProblem } from './payload.ts';
import { afterDelivery, afterTime, labelsOf, type Person, STRANGER } from './person.ts';
import { renderUnmapped } from './render.ts';
import type { ExpectedLabels, RulesTest } from './test-file.ts';
import { renderTime } from './test-times.ts';
import { type Trial, type Tried, tryPayload } from './try.ts';
import { whyOfLabel } from './why-label.ts';

/** The labels of the person at a time of a test. */
export interface MomentResult {
  /** ISO 8601; absent: after the one payload. */
  readonly at?: string;
  readonly expected: readonly string[];
  readonly got: readonly string[];
}

export interface Looked {
  readonly moment: MomentResult;
  readonly problems: readonly string[];
}

/** What comes next in a history: an event that comes in, or a look at the labels. */
type Step =
  | { readonly at: number; readonly event: RulesTest['given'][number]; readonly number: number }
  | { readonly at: number; readonly labels: readonly string[] };

/** Events first: a look at a time sees what came in at it. */
function stepsOf({ given, moments }: RulesTest, now: number): readonly Step[] {
  const events = given.map((event, i) => ({ at: event.at ?? now, event, number: i + 1 }));
  const looks = moments.map(({ at = now, labels }) => ({ at, labels }));
  return [...events, ...looks].sort((a, b) => a.at - b.at);
}

/** Lets the events of a test come in, and looks at the labels, each at its time. */
export async function runHistory(
  trial: Trial,
  test: RulesTest,
  folder: string,
  now: number,
): Promise<{ readonly moments: readonly MomentResult[]; readonly problems: readonly string[] }> {
  const moments: MomentResult[] = [];
  const problems: string[] = [];
  let person = STRANGER;
  for (const step of stepsOf(test, now)) {
    const { at } = step;
    person = afterTime(person, trial.standing, at);
    if ('labels' in step) {
      const { moment, problems: found } = lookAt(trial, person, at, step.labels);
      moments.push({ at: new Date(at).toISOString(), ...moment });
      problems.push(...found.map((problem) => `${renderTime(at)}: ${problem}`));
      continue;
    }
    const { event, number } = step;
    const delivery = await deliveryOfEvent(event, folder, now).catch((error: unknown) => {
      if (!(error instanceof PayloadProblem)) throw error;
      problems.push(`event ${number}: ${error.message}`);
    });
    if (delivery === undefined) continue;
    const tried = tryPayload(trial, delivery);
    problems.push(
      ...[...unkept(tried), ...troublesOf(tried)].map((one) => `event ${number}: ${one}`),
    );
    person = afterDelivery(person, trial.standing, tried, at);
  }
  return { moments, problems };
}

/** Why an event of a history leaves nothing, or not what it seems to. */
function unkept(tried: Tried): readonly string[] {
  if (tried.kind !== 'events') return [renderUnmapped(tried)];
  if (tried.unheard?.kind === 'unreadable') return [tried.unheard.reason];
  const isNobody = !namesSomebody(tried.events[0].contact) && !tried.namesNobody;
  return isNobody ? ['the event names nobody, so it leaves nothing'] : [];
}

/** The labels of a person against those expected, with the reason for each that differs. */
export function lookAt(
  trial: Trial,
  person: Person,
  at: number,
  expected: ExpectedLabels['labels'],
): Looked {
  const got = labelsOf(person, trial.standing);
  const missing = expected.filter((name) => !got.includes(name));
  const extra = got.filter((name) => !expected.includes(name));
  const why = (name: string) => whyOfLabel(trial, person, at, name);
  const wrong = [
    ...missing.map((name) => `${name} is missing: ${why(name)}`),
    ...extra.map((name) => `${name} was not expected: ${why(name)}`),
  ];
  const facts =
    wrong.length > 0 && trial.standing ? [`known then: ${factsInShort(person.facts)}`] : [];
  return { moment: { expected: [...expected].sort(), got }, problems: [...wrong, ...facts] };
}
