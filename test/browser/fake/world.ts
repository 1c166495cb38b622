import type {
  Contact,
  DeadLetter,
  EngineInfo,
  FiguresMinute,
  Flow,
  FlowDetail,
  Problem,
  RulesInfo,
  SendRequest,
  StreamEvents,
  Tried,
} from '../../../page/api.ts';

const RULES = `labels:
  - label: Customer
    while: history.orders.exists(o, o.paid)
rules:
  - name: big spenders
    on: order.paid
    when: event.order.total >= 200.0
    add: [VIP]
`;

const PEOPLE = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Edsger Dijkstra'] as const;
const emailOf = (name: string): string => `${name.split(' ')[0]?.toLowerCase()}@example.com`;

const PRESETS = {
  down: 'Wix is down',
  throttled: 'Wix throttles',
  refused: 'The key is refused',
  full: 'The site has no room for labels',
  'late-contact': 'Contacts come late',
};
type Preset = keyof typeof PRESETS;

/** How long each step takes. */
const STEP_MS = 60;
const NEXT_TRY_MS = 20_000;
/** 2026-11-28T12:00Z, and from then on as time goes. */
const BEGIN = Date.UTC(2026, 10, 28, 12);

type Tell = <K extends keyof StreamEvents>(key: K, data: StreamEvents[K]) => void;

/** A make-believe engine: what the page shows hangs on no rules, no queue and no Wix. */
export function createWorld(say: Tell) {
  const startedAt = performance.now();
  let aheadMs = 0;
  let count = 0;
  let text = RULES;
  let since = BEGIN;
  const on = new Set<Preset>();
  const flows = new Map<string, Flow>();
  const bodies = new Map<string, string>();
  const contacts = new Map<string, Contact>();
  const deadLetters = new Map<string, DeadLetter>();
  const minutes = new Map<number, FiguresMinute>();

  const now = (): number => Math.round(BEGIN + aheadMs + performance.now() - startedAt);

  function put(flow: Flow): Flow {
    flows.set(flow.id, flow);
    say('flows', [flow]);
    return flow;
  }

  function figure(...keys: (keyof Omit<FiguresMinute, 'minute'>)[]): void {
    const minute = Math.floor(now() / 60_000) * 60_000;
    const held = minutes.get(minute) ?? { minute, ...NO_FIGURES };
    const counted = Object.fromEntries(keys.map((key) => [key, held[key] + 1]));
    minutes.set(minute, { ...held, ...counted, waiting: waiting().length });
    say('figures', [...minutes.values()]);
  }

  const waiting = (): readonly Flow[] =>
    [...flows.values()].filter(({ state }) => state === 'waiting');

  function receive(source: string, type: string, person: string, body: string): Flow {
    count += 1;
    const id = `flow-${count}`;
    bodies.set(id, body);
    const names = [...text.matchAll(/add: \[(.*)\]/g)].flatMap(([, list = '']) =>
      list.split(/, */),
    );
    const flow = put({
      id,
      at: now(),
      source,
      type,
      person,
      contactId: undefined,
      rules: names.length > 0 ? ['big spenders'] : [],
      add: names,
      remove: [],
      state: 'received',
      reason: undefined,
      nextTryAt: undefined,
      tries: 0,
    });
    figure('received', 'queued');
    setTimeout(() => {
      const queued = put({ ...flow, state: 'queued' });
      setTimeout(() => work(queued), STEP_MS);
    }, STEP_MS);
    return flow;
  }

  function work(flow: Flow): void {
    const tries = flow.tries + 1;
    const wrong = (['down', 'throttled', 'refused', 'late-contact'] as const).find((one) =>
      on.has(one),
    );
    if (wrong !== undefined) {
      const reason = wrong === 'down' ? 'Wix answered 503' : PRESETS[wrong];
      put({ ...flow, tries, state: 'waiting', reason, nextTryAt: now() + NEXT_TRY_MS });
      figure('retries', 'wixCalls', 'wixFailures');
      if (wrong !== 'late-contact') {
        say('breaker', { openUntil: now() + NEXT_TRY_MS, reason });
      }
    } else if (on.has('full')) {
      const reason = 'labels-quota-reached';
      put({ ...flow, tries, state: 'dead-letter', reason, nextTryAt: undefined });
      const id = `dead-${flow.id}`;
      deadLetters.set(id, {
        id,
        flowId: flow.id,
        at: now(),
        reason,
        detail: 'The site has 0 of 0 labels left.',
        remedy: 'Delete labels that nobody needs, wait ten minutes, and replay.',
        person: flow.person,
        labels: flow.add,
      });
      say('deadLetters', [...deadLetters.values()]);
      figure('deadLetters', 'wixCalls', 'wixFailures');
    } else finish({ ...flow, tries });
  }

  function finish(flow: Flow): void {
    const { person = '', add } = flow;
    const name = PEOPLE.find((one) => emailOf(one) === person) ?? '';
    const id = `contact-${person}`;
    const labels = contacts.get(id)?.labels ?? ['Newsletter'];
    const added = add.filter((one) => !labels.includes(one));
    const contact = {
      id,
      name,
      email: person,
      phone: undefined,
      labels: [...labels, ...added],
      changedAt: now(),
      added,
      removed: [],
      isGone: false,
    };
    contacts.set(id, contact);
    say('contacts', [contact]);
    const state = added.length > 0 ? 'labelled' : 'unchanged';
    put({ ...flow, contactId: id, state, reason: undefined, nextTryAt: undefined });
    figure('labelled', 'wixCalls');
  }

  const presets = () =>
    (Object.keys(PRESETS) as Preset[]).map((name) => ({
      name,
      title: PRESETS[name],
      isOn: on.has(name),
      isOnce: false,
    }));

  const rules = (): RulesInfo => ({
    hash: String(text.length),
    since,
    rules: [...text.matchAll(/name: (.*)/g)].map(([, name = '']) => name),
    standing: ['Customer'],
    problems: [],
  });

  const whole = (): StreamEvents => ({
    flows: [...flows.values()],
    contacts: [...contacts.values()],
    deadLetters: [...deadLetters.values()],
    rules: rules(),
    presets: presets(),
    clock: { now: now(), aheadMs },
    breaker: { openUntil: undefined, reason: undefined },
    figures: [...minutes.values()],
  });

  return {
    now,
    whole,
    contact: (id: string) => contacts.get(id),
    text: () => text,
    info: (): EngineInfo => ({
      url: 'http://127.0.0.1:3000',
      isSimulated: true,
      now: now(),
      sources: [
        { name: 'shopify', samples: ['order.paid', 'order.refunded'], canSign: true },
        { name: 'stripe', samples: ['order.paid'], canSign: true },
        { name: 'clerk', samples: ['customer.created'], canSign: false },
      ],
      rules: rules(),
      presets: presets(),
      hasHistories: true,
    }),
    detail: (id: string): FlowDetail | undefined => {
      const flow = flows.get(id);
      return flow && detailOf(flow, bodies.get(id) ?? '', deadLetters.get(`dead-${id}`));
    },
    send({ source, headers, body }: SendRequest): Flow {
      const { email = 'nobody@example.com' } = JSON.parse(body) as { readonly email?: string };
      return receive(source, headers.topic ?? 'order.paid', email, body);
    },
    again: (id: string): void => {
      const flow = flows.get(id);
      if (flow) receive(flow.source, flow.type, flow.person ?? '', bodies.get(id) ?? '');
    },
    setPreset(name: Preset, isOn: boolean): void {
      if (isOn) on.add(name);
      else on.delete(name);
      say('presets', presets());
      if (isOn) return;
      say('breaker', { openUntil: undefined, reason: undefined });
      for (const flow of waiting()) work(flow);
    },
    take(id: string, isReplay: boolean): void {
      const flow = flows.get(deadLetters.get(id)?.flowId ?? '');
      deadLetters.delete(id);
      say('deadLetters', [...deadLetters.values()]);
      if (flow && isReplay) setTimeout(() => work(put({ ...flow, state: 'queued' })), STEP_MS);
    },
    moveTo(to: number): void {
      aheadMs += Math.max(0, to - now());
      say('clock', { now: now(), aheadMs });
    },
    save(saved: string): void {
      text = saved;
      since = now();
      say('rules', rules());
    },
    tryRules: (tried: string, ids: readonly string[]): Tried => triedOf(tried, ids),
    /** So many deliveries at once, each of which changes twice. */
    flood(many: number): void {
      for (let i = 0; i < many; i += 1) {
        const person = emailOf(PEOPLE[i % PEOPLE.length] ?? '');
        count += 1;
        const flow: Flow = {
          id: `flow-${count}`,
          at: now(),
          source: i % 3 === 0 ? 'stripe' : 'shopify',
          type: 'order.paid',
          person,
          contactId: undefined,
          rules: ['big spenders'],
          add: ['VIP'],
          remove: [],
          state: 'received',
          reason: undefined,
          nextTryAt: undefined,
          tries: 0,
        };
        put(flow);
        put({ ...flow, state: 'labelled', tries: 1 });
      }
    },
  };
}

const NO_FIGURES = {
  received: 0,
  ignored: 0,
  refused: 0,
  queued: 0,
  labelled: 0,
  retries: 0,
  deadLetters: 0,
  wixCalls: 0,
  wixFailures: 0,
  waiting: 0,
};

/** A condition that reads \`event.total\` is the mistake that this engine knows. */
function problemsOf(text: string): readonly Problem[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes('event.total'));
  if (at < 0) return [];
  const column = (lines[at]?.indexOf('event.total') ?? 0) + 7;
  const message = 'There is no field `total` in `event`. Did you mean `event.order.total`?';
  return [{ line: at + 1, column, message, level: 'error' }];
}

function triedOf(text: string, ids: readonly string[]): Tried {
  const problems = problemsOf(text);
  const add = [...text.matchAll(/add: \[(.*)\]/g)].flatMap(([, list = '']) => list.split(/, */));
  if (problems.length > 0) return { problems, results: [] };
  const verdict = { rule: 'big spenders', matched: true, add, remove: [], why: undefined };
  return {
    problems,
    results: ids.map((flowId) => ({ flowId, rules: [verdict], add, remove: [] })),
  };
}

function detailOf(flow: Flow, body: string, deadLetter: DeadLetter | undefined): FlowDetail {
  const { at, source, type, person, add, tries, state, reason } = flow;
  const call = {
    at,
    operation: 'find contact',
    method: 'POST',
    path: '/contacts/v4/contacts/query',
    request: { query: { filter: { 'info.emails.email': { $eq: person } } } },
    status: state === 'waiting' ? 503 : 200,
    answer: { contacts: [{ id: `contact-${person}` }] },
  };
  return {
    flow,
    request: {
      method: 'POST',
      path: `/webhooks/${source}`,
      headers: { 'content-type': 'application/json', 'x-shopify-hmac-sha256': '•••' },
      body,
    },
    answer: { status: 200, body: '{"status":"queued"}' },
    events: [{ type, source, contact: { email: person }, order: { id: '1001', total: 249 } }],
    rules: [
      { rule: 'big spenders', matched: true, add, remove: [], why: undefined },
      {
        rule: 'course buyers',
        matched: false,
        add: [],
        remove: [],
        why: 'event.order.items.exists(i, i.sku.startsWith("COURSE-")) is false',
      },
    ],
    job: state === 'waiting' ? { id: flow.id, add } : undefined,
    tries: Array.from({ length: tries }, (_, i) => ({
      at: at + i,
      outcome: state === 'waiting' ? 'retry' : state === 'dead-letter' ? 'dead' : 'done',
      reason,
      calls: [call],
    })),
    deadLetter,
    log: [{ time: new Date(at).toISOString(), message: 'delivery', status: 'queued' }],
  };
}
