import type { FaultCase } from './fault.ts';
import { answering, type Interceptor } from './stage.ts';

// What goes wrong at Wix, or between it and the worker.

const MINUTE = 60_000;

const unreachable: Interceptor = () => ({ status: 0, headers: {}, body: '', dropped: true });

const UNAUTHENTICATED = answering(401);

/** 429 to everything for ten minutes. */
const throttling = (
  name: string,
  what: string,
  headers: (now: number) => Readonly<Record<string, string>>,
): FaultCase => ({
  name,
  what: `429 to everything for ten minutes, ${what}`,
  minutes: 10,
  begin: ({ it, intercept }, span) =>
    intercept(span, () => ({ status: 429, headers: headers(it.clock.now()), body: '' })),
  mostCalls: 60,
});

export const AT_WIX: readonly FaultCase[] = [
  {
    name: 'refused',
    what: 'no connection for an hour',
    minutes: 60,
    begin: ({ intercept }, span) => intercept(span, unreachable),
    mostCalls: 60,
  },
  {
    name: '503',
    what: '503 for an hour',
    minutes: 60,
    begin: ({ intercept }, span) => intercept(span, answering(503)),
    mostCalls: 60,
  },
  {
    name: 'slow',
    what: 'answers after 30 s for an hour; half of them of what was done at once, half of nothing',
    minutes: 60,
    begin({ it, intercept, random }, span) {
      intercept(span, async (_arrival, operate) => {
        const done = random() < 0.5 ? await operate() : undefined;
        await it.clock.sleep(30_000);
        return done ?? { status: 503, headers: {}, body: '' };
      });
    },
    mostCalls: 60,
  },
  {
    name: 'flapping',
    what: 'a minute of 503, a minute without, for half an hour',
    minutes: 30,
    begin({ intercept }, { from, until }) {
      for (let at = from; at < until; at += 2 * MINUTE) {
        intercept({ from: at, until: at + MINUTE }, answering(503));
      }
    },
  },
  throttling('429 seconds', 'Retry-After in seconds', () => ({ 'retry-after': '45' })),
  throttling('429 date', 'Retry-After as a date', (now) => ({
    'retry-after': new Date(now + 45_000).toUTCString(),
  })),
  throttling('429 bare', 'no Retry-After', () => ({})),
  {
    name: 'key revoked',
    what: 'the API key is refused for two hours',
    minutes: 120,
    begin: ({ intercept }, span) => intercept(span, UNAUTHENTICATED),
    mostCalls: 60,
  },
  {
    name: 'app revoked',
    what: "an hour an app's tokens are refused, an hour it is given none",
    minutes: 120,
    as: 'app',
    begin({ intercept }, { from, until }) {
      const half = (from + until) / 2;
      intercept({ from, until: half }, (arrival, operate) =>
        arrival.operation === 'createToken' ? operate() : UNAUTHENTICATED(arrival, operate),
      );
      intercept({ from: half, until }, UNAUTHENTICATED);
    },
    mostCalls: 120,
  },
];
