import type { ServerResponse } from 'node:http';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftInWords, moveClock } from '../../cli/commands/clock/run.ts';
import { explainPerson, toJson as whyJson } from '../../cli/commands/why/run.ts';
import { usingTarget } from '../../cli/kit/command.ts';
import { usingHistories } from '../../cli/kit/histories.ts';
import type { Target } from '../../cli/kit/target.ts';
import { parseJson } from '../../lib/runtime/json.ts';
import type {
  ContactDetail,
  EngineInfo,
  FlowDetail,
  RulesInfo,
  RulesText,
  SendRequest,
  Sent,
  TryRequest,
} from '../../page/api.ts';
import { isPreset } from '../../simulators/presets/presets.ts';
import type { Engine } from '../engine.ts';
import type { InForce } from '../take-over.ts';
import { createContacts } from './contacts.ts';
import { dropOne, replayOne } from './dead-letters.ts';
import { createFeed } from './feed.ts';
import type { FlowWithStory, Known } from './flows.ts';
import type { PageMemory } from './memory.ts';
import { keyOfDelivery } from './pieces.ts';
import { createRate } from './rate.ts';
import { Refusal } from './refusal.ts';
import { judgeRequest, type KeptFlow, readRulesText, saveRules, tryRules } from './rules-file.ts';
import {
  ensureContact,
  post,
  type Sending,
  sampleOf,
  signAgain,
  signWritten,
  sourcesOf,
} from './send.ts';
import { createStream, type Stream } from './stream.ts';
import { triesOf } from './tries.ts';

export interface PageOptions {
  readonly engine: Engine;
  /** The settings and the rules that run, at each time that they are asked for. */
  readonly inForce: Readonly<InForce>;
  readonly memory: PageMemory;
  /** The rules file of the project, absolute. */
  readonly rulesPath: string;
  /** The engine as commands see it; it is closed after each use. */
  readonly openTarget: () => Promise<Target>;
}

export type Page = ReturnType<typeof createPage>;

/** What the requests of the page are answered from, and what they do. Throws Refusal for what cannot be done. */
export function createPage(options: PageOptions) {
  const { engine, inForce, memory, rulesPath, openTarget } = options;
  const running = () => inForce.rules;
  const { clock, queues, presets } = engine;
  const wix = engine.wix?.simulator;
  // Nobody stops what the page began: it ends with the engine.
  const { signal } = new AbortController();
  const people = peopleIn(wix, memory);
  const contacts = wix && createContacts(wix, memory.all(), clock.now);
  const sending: Sending = {
    url: engine.url,
    settings: () => inForce.settings,
    wix,
    now: clock.now,
  };
  const rate = createRate(sending);
  const feed = createFeed({
    ...{ engine, memory, people, contacts, presets, rulesPath, inForce },
    rate: rate.perMinute,
  });
  const stream: Stream = createStream(feed.source);

  const withTarget = <T>(work: (target: Target) => Promise<T>): Promise<T> =>
    usingTarget({}, { openTarget }, work);
  const work = (target: Target) => ({ target, rules: rulesPath, now: clock.now, signal });

  type FoundFlow = FlowWithStory & { readonly key: string };

  function flowOf(id: string): FoundFlow {
    const found = feed.flow(id);
    if (found) return found;
    throw new Refusal(404, 'There is no such flow any more: the last 10,000 are kept.');
  }

  const deliveredIn = ({ key }: FoundFlow) => memory.pieces(key)?.deliveries[0];

  /** What is kept of a flow's delivery; its secrets are masked each time, which takes a while for a large body. */
  function keptIn(found: FoundFlow): KeptFlow | undefined {
    const delivered = deliveredIn(found);
    const request = delivered && memory.request(delivered.id);
    return (
      request && { flowId: found.flow.id, source: delivered.source, at: delivered.at, request }
    );
  }
  const keptOf = (id: string): KeptFlow | undefined => keptIn(flowOf(id));

  function detailOf(id: string): FlowDetail {
    const found = flowOf(id);
    const { flow, story, lines } = found;
    const kept = keptIn(found);
    const judged = kept ? judgeRequest(running(), kept) : { events: [], rules: [] };
    const job = jobIn(flow.id);
    const steps = story?.steps.filter((step) => step.kind === 'try') ?? [];
    const worked = { runs: memory.runs(), calls: memory.calls(), job: memory.job(flow.id) };
    return {
      flow,
      request: kept?.request,
      answer: deliveredIn(found)?.answer,
      events: judged.events,
      rules: judged.rules,
      job,
      tries: triesOf(flow.id, steps, worked),
      deadLetter: feed.whole.deadLetters().find(({ flowId }) => flowId === flow.id),
      log: lines.map(({ _aws, ...line }) => line),
    };
  }

  /** The message in the queue, with when it is visible. */
  function jobIn(id: string): unknown {
    const message = queues.peek(engine.queueUrl).find(({ body }) => body.includes(`"${id}"`));
    if (!message) return undefined;
    const { receives, sentAt, visibleAt, body } = message;
    return { receives, sentAt, visibleAt, body: parseJson(body) };
  }

  /** Posts, and waits until the flow of it is there. */
  async function deliver(signed: Parameters<typeof post>[1]): Promise<Sent> {
    const sentAfter = clock.now();
    const answer = await post(sending, signed);
    const said = parseJson(answer.body) as { id?: string } | undefined;
    const { source } = signed;
    const fits = (key: string) => feed.flowsAt(key).at(-1)?.flow.id;
    for (let look = 0; look < 40; look += 1) {
      const eventId = said?.id;
      const key = eventId
        ? keyOfDelivery({ ...NO_DELIVERY, source, eventId })
        : memory.all().findLast(({ deliveries: [first] }) => first && first.at >= sentAfter)?.key;
      const flowId = key && fits(key);
      if (flowId) return { ...answer, flowId };
      await sleep(25);
    }
    return { ...answer, flowId: undefined };
  }

  function simulated(): NonNullable<typeof wix> {
    if (wix) return wix;
    throw new Refusal(409, 'A real site is labelled here: nothing of it is simulated.');
  }

  return {
    stream: (reader: ServerResponse): void => stream.join(reader),
    info: (): EngineInfo => ({
      url: engine.url,
      isSimulated: wix !== undefined,
      now: clock.now(),
      sources: sourcesOf(sending),
      rulesFile: relative('', rulesPath),
      rules: feed.whole.rules(),
      presets: feed.whole.presets(),
      hasHistories: engine.history !== undefined,
    }),
    detailOf,
    async contact(id: string): Promise<ContactDetail> {
      const contact = contacts?.get(id);
      if (!contact) throw new Refusal(404, 'There is no such contact.');
      const { labels: definitions } = running().rules.config;
      if (!definitions || !engine.history) return { contact, why: undefined };
      const why = await withTarget((target) =>
        usingHistories(
          target,
          { now: clock.now, terminal: { err: process.stderr } },
          async (histories) => {
            const about = { target, histories, now: clock.now(), signal };
            const { person, labels } = await explainPerson(id, definitions, about);
            return whyJson(id, person, labels);
          },
        ),
      );
      return { contact, why };
    },
    sample: (source: string, type: string) => sampleOf(sending, source, type),
    send(request: SendRequest): Promise<Sent> {
      if (request.contact && wix) ensureContact(wix, { email: request.contact });
      return deliver(signWritten(sending, request));
    },
    sendAgain(id: string): Promise<Sent> {
      const kept = keptOf(id);
      if (!kept) throw new Refusal(409, 'Its request is not kept any more: the last 500 are.');
      return deliver(signAgain(sending, kept.source, kept.request));
    },
    replay: (id: string) => withTarget((target) => replayOne(id, work(target))),
    drop: (id: string) => withTarget((target) => dropOne(id, work(target))),
    async preset(name: string, isOn: boolean): Promise<void> {
      simulated();
      if (!isPreset(name)) throw new Refusal(404, `There is no preset "${name}".`);
      await presets?.set(name, isOn);
    },
    rate(perMinute: number): void {
      simulated();
      rate.set(perMinute);
    },
    async moveClock(to: number): Promise<void> {
      simulated();
      if (to < clock.now()) throw new Refusal(409, 'That time is over, and time never goes back.');
      const left = await withTarget((target) => moveClock(to, target, signal));
      if (left.due + left.jobs > 0) throw new Refusal(409, `${leftInWords(left)}.`);
    },
    rulesText: () => readRulesText(rulesPath),
    saveRules(text: RulesText): RulesInfo {
      saveRules(rulesPath, text);
      return feed.whole.rules();
    },
    tryRules: ({ text, flows }: TryRequest) =>
      tryRules(
        rulesPath,
        text,
        flows.flatMap((id) => keptOf(id) ?? []),
        running(),
      ),
  };
}

const NO_DELIVERY = {
  id: '',
  at: 0,
  answer: { status: 0, body: '' },
  status: undefined,
  reason: undefined,
};

function peopleIn(
  wix: NonNullable<Engine['wix']>['simulator'] | undefined,
  memory: PageMemory,
): Omit<Known, 'inQueue'> {
  return {
    ofContact(id) {
      const found = wix?.contact(id);
      const { first, last } = found?.info.name ?? {};
      return found?.primaryInfo.email ?? ([first, last].filter(Boolean).join(' ') || undefined);
    },
    ofJob(id) {
      const { email, phone } = (memory.job(id)?.contact ?? {}) as Record<string, string>;
      return email ?? phone;
    },
  };
}
