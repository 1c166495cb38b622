import { APP, type WixAtDistance } from '../../simulators/deployment/distant-wix.ts';
import type { Program } from '../../simulators/deployment/lambda.ts';
import { earmark, type Simulation } from '../../simulators/deployment/simulation.ts';
import { between, type Random } from '../../simulators/random.ts';
import type { History, Person } from './history.ts';
import { kindOf, type TrafficEvent } from './traffic.ts';

/** While a fault lasts; epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export type Interceptor = WixAtDistance['intercept'];

/** Every call is answered with this status, and with nothing in it. */
export const answering =
  (status: number): Interceptor =>
  () => ({ status, headers: {}, body: '' });

/** What a fault can change for the workers themselves. */
export interface Controls {
  /** How far the workers' clock is ahead of the true one, in milliseconds. */
  clockOffsetMs: number;
  /** The seat of each process, by its id. */
  readonly seats: Map<number, number>;
}

/** What a fault can use. */
export interface FaultStage {
  readonly it: Simulation;
  readonly people: readonly Person[];
  readonly trafficEvents: readonly TrafficEvent[];
  readonly history: History;
  readonly controls: Controls;
  readonly random: Random;
  /** Lets calls to Wix pass through this for a while. Where several apply at once, the first is the outermost. */
  intercept(span: Span, intercept: Interceptor): void;
  /** Does something again and again, so many milliseconds apart at random. */
  often(span: Span, apart: readonly [number, number], act: () => void): void;
}

/** The workers' share of the site's 200 calls a minute: the default. */
export const BUDGET = 180;

/** A site of its own, which the app opens. */
export const APP_SITE = '5a1e0000-0000-4000-8000-00000000000a';

const AS_APP = { kind: 'app', appId: APP.id, appSecret: APP.secret } as const;

/** The real worker, on a clock that a fault can change. */
export function workerOn(controls: Controls, as: 'api key' | 'app'): Program {
  const program = earmark({
    requestsPerMinute: BUDGET,
    ...(as === 'app' && { credentials: AS_APP }),
  });
  return (world, process) => {
    controls.seats.set(process.id, process.seat);
    return program({ ...world, now: () => world.now() + controls.clockOffsetMs }, process);
  };
}

export function createStage(
  parts: Pick<FaultStage, 'it' | 'people' | 'trafficEvents' | 'history' | 'controls' | 'random'>,
): FaultStage {
  const { it, random } = parts;
  const { clock, wix } = it;
  const interceptors: { readonly span: Span; readonly intercept: Interceptor }[] = [];
  wix.intercept = (arrival, operate) => {
    const now = clock.now();
    const here = interceptors.filter(({ span }) => now >= span.from && now < span.until);
    return here.reduceRight<typeof operate>(
      (inner, { intercept }) =>
        async () =>
          intercept(arrival, inner),
      operate,
    )();
  };
  return {
    ...parts,
    intercept: (span, intercept) => interceptors.push({ span, intercept }),
    often({ from, until }, [least, most], act) {
      const next = (at: number): void => {
        if (at >= until) return;
        clock.at(at, () => {
          act();
          next(at + between(random, least, most));
        });
      };
      next(from + between(random, least, most));
    },
  };
}

/** The people of a run. Wix has a contact of each but of the kind `new`, which the worker creates. */
export function populate(
  { simulator }: WixAtDistance,
  site: string,
  count: number,
): readonly Person[] {
  return Array.from({ length: count }, (_, index): Person => {
    const kind = kindOf(index);
    const email = `person-${index}@example.com`;
    const phone = `+1555${String(index).padStart(7, '0')}`;
    const memberId = `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`;
    if (kind === 'new') return { by: { email }, missing: 'create', contactId: undefined };
    const contact = { phone: { phone }, member: { email, memberId } }[kind as string] ?? { email };
    const contactId = simulator.addContact(contact, site);
    const by = {
      'contact id': { contactId },
      'e-mail': { email },
      phone: { phone },
      member: { memberId },
    };
    return { by: by[kind], missing: 'wait', contactId };
  });
}
