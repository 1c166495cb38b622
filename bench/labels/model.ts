import { START, simulate } from '../../simulators/deployment/simulation.ts';
import { between, createRandom } from '../../simulators/random.ts';
import { DAY } from './deeds.ts';
import { emailOf, eventOf, metEvent } from './events.ts';
import { createKnowledge } from './knowledge.ts';
import { createLife, type Step } from './life.ts';
import { type Promised, truth } from './promises.ts';
import { openStage, rulesWith, type Stage, standingPrograms } from './stage.ts';
import { createStories, type Stories } from './story.ts';
import { createTrouble } from './trouble.ts';

export interface ModelOptions {
  readonly seed: number;
  readonly customers: number;
  readonly days: number;
  /** How many quiet moments are looked at. */
  readonly moments: number;
}

/** A label that is on a contact and should not be, or the other way. */
interface WrongLabel {
  readonly label: string;
  /** Whether the contact has it. */
  readonly isOn: boolean;
  /** ISO 8601. */
  readonly time: string;
  /** All that happened to the contact, line by line; of the first ones alone. */
  readonly story: readonly string[];
}

/** What was counted in a run. */
const NOTHING = {
  events: 0,
  'events again': 0,
  'events before their contact': 0,
  'events that overtook another of their customer': 0,
  'contacts that came late': 0,
  merges: 0,
  'quiet moments': 0,
  'label-moments': 0,
  'labels on': 0,
};
type ModelCounts = typeof NOTHING;

export interface ModelResult extends ModelOptions {
  readonly counts: ModelCounts;
  /** How often a call put labels on a contact, or took them off. */
  readonly changes: number;
  readonly wakeRuns: number;
  readonly processes: number;
  readonly wrong: readonly WrongLabel[];
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly injected: Readonly<Record<string, number>>;
}

/** Of more wrong labels the stories are left out. */
const MOST_STORIES = 5;

/** Lives customers' lives through, and holds each standing label at quiet moments against what it promises. */
export async function runModel(
  options: ModelOptions,
  promised: readonly Promised[],
  onProgress: (text: string) => void = () => {},
): Promise<ModelResult> {
  const { seed, customers, days } = options;
  const life = createLife({ seed, customers, days, from: START });
  const stories = createStories();
  let changes = 0;
  const config = rulesWith(promised.map(({ definition }) => definition));
  const { program, wake } = standingPrograms(config);
  const run = await simulate(
    {
      seed,
      program,
      wake,
      longestMs: 2 * days * DAY,
      onContactUpdated(change) {
        changes += 1;
        stories.changed(change);
      },
    },
    async (it) => {
      const trouble = createTrouble(it, createRandom(seed, 'trouble'));
      stories.at(it);
      const model = createModel(openStage(it, config), stories, promised);
      for (const step of withMoments(life.steps, options)) {
        await it.clock.sleep(Math.max(0, step.at - it.clock.now()));
        onProgress(`day ${Math.floor((it.clock.now() - START) / DAY)} of ${days}`);
        trouble.step();
        if (step.kind === 'moment') await model.look();
        else await model.take(step);
      }
      return {
        ...model.found(),
        injected: trouble.counts,
        wakeRuns: it.standing?.wake.stats.runs ?? 0,
      };
    },
  );
  const { pool, value, audit } = run;
  const { deadLetters } = audit;
  return { ...options, ...value, changes, processes: pool.stats.processes, deadLetters };
}

type Moment = { readonly at: number; readonly kind: 'moment' };

/** The steps with quiet moments among them, at any time; the last one a day after all. */
function withMoments(steps: readonly Step[], { seed, days, moments }: ModelOptions) {
  const random = createRandom(seed, 'moments');
  const times = Array.from({ length: moments - 1 }, () =>
    between(random, START, START + days * DAY),
  );
  const looks = [...times, START + (days + 1) * DAY].map((at): Moment => ({ at, kind: 'moment' }));
  return [...steps, ...looks].sort((a, b) => a.at - b.at);
}

function createModel(stage: Stage, stories: Stories, promised: readonly Promised[]) {
  const { it, receive, receiveMerge, quiet } = stage;
  const knowledge = createKnowledge();
  const counts = { ...NOTHING };
  const wrong: WrongLabel[] = [];
  const first = new Set<string>();
  const latest = new Map<number, number>();
  const merging = new Map<number, { readonly from: string; readonly into: string }>();

  async function takeEvent({ deed }: Extract<Step, { kind: 'event' }>): Promise<void> {
    const { person, said } = deed;
    const now = it.clock.now();
    const isNew = !first.has(said.id);
    first.add(said.id);
    counts[isNew ? 'events' : 'events again'] += 1;
    // An event from before a merge names the contact that its sender knew then.
    const contactId = knowledge.nameAt(person, said.at);
    if (contactId === undefined) counts['events before their contact'] += 1;
    if (isNew && said.at < (latest.get(person) ?? 0)) {
      counts['events that overtook another of their customer'] += 1;
    }
    latest.set(person, Math.max(said.at, latest.get(person) ?? 0));
    stories.tell(
      person,
      `${isNew ? 'comes' : 'comes again'}: ${JSON.stringify({ by: deed.by, contactId, ...said })}`,
    );
    knowledge.came(person, { ...said, at: Math.min(said.at, now) });
    await receive(eventOf(deed, contactId));
  }

  async function takePerson({ kind, person }: Extract<Step, { person: number }>): Promise<void> {
    const now = it.clock.now();
    if (kind === 'contact') {
      const contactId = it.wix.simulator.addContact({ email: emailOf(person) });
      if (now > START) counts['contacts that came late'] += 1;
      knowledge.born(person, contactId);
      return stories.born(person, contactId);
    }
    const contactId = knowledge.nameAt(person, now) ?? '';
    knowledge.met(person);
    stories.tell(person, 'Wix says that it is a contact');
    return receive(metEvent(person, contactId, now));
  }

  async function takeMerge({ kind, from, into }: Extract<Step, { from: number }>): Promise<void> {
    if (kind === 'merge') {
      const ids = knowledge.merge(from, into, it.clock.now());
      if (ids === undefined) return;
      counts.merges += 1;
      merging.set(from, ids);
      stories.tell(from, `is merged into person ${into}`);
      stories.tell(into, `gets person ${from}`);
      return it.wix.simulator.mergeContacts(ids.from, ids.into);
    }
    const ids = merging.get(from);
    if (ids === undefined) return;
    merging.delete(from);
    knowledge.merged(from);
    stories.tell(from, 'Wix says that it was merged');
    return receiveMerge(ids.from, ids.into);
  }

  async function take(step: Step): Promise<void> {
    if (step.kind === 'event') return takeEvent(step);
    return 'person' in step ? takePerson(step) : takeMerge(step);
  }

  /** Waits until nothing is to be done, and holds all labels against the truth. */
  async function look(): Promise<void> {
    await quiet();
    counts['quiet moments'] += 1;
    const now = it.clock.now();
    for (const { contactId, people, said } of knowledge.known()) {
      const wanted = truth(said, now, promised);
      const has = new Set(it.wix.simulator.labelNamesOf(contactId).filter(stage.isStanding));
      counts['label-moments'] += promised.length;
      counts['labels on'] += has.size;
      for (const label of new Set([...wanted, ...has])) {
        const isOn = has.has(label);
        if (isOn === wanted.has(label)) continue;
        const hasStory = wrong.length < MOST_STORIES;
        const time = new Date(now).toISOString();
        const story = hasStory ? await stories.of(people, contactId) : [];
        wrong.push({ label, isOn, time, story });
      }
    }
  }

  return { take, look, found: () => ({ counts, wrong }) };
}
