import { DAY_MINUTES, MONTH_DAYS } from '../../cost/usage.ts';
import { EARMARK, type PlayOptions, play } from '../throughput/play.ts';
import { distinctCustomers } from '../throughput/traffic.ts';

const A_MILLION_A_MONTH = 1e6 / (MONTH_DAYS * DAY_MINUTES);

/** How events come: so many a minute (0: all at once), and by what they know their customer. */
type Shape = Pick<PlayOptions, 'by'> & { readonly name: string; readonly perMinute: number };

export const SHAPES: readonly Shape[] = [
  { name: 'evenly, e-mails', by: 'e-mail', perMinute: A_MILLION_A_MONTH },
  { name: 'evenly, ids', by: 'contact id', perMinute: A_MILLION_A_MONTH },
  { name: 'backlog, e-mails', by: 'e-mail', perMinute: 0 },
  { name: 'backlog, ids', by: 'contact id', perMinute: 0 },
];

export type Played = Awaited<ReturnType<typeof playShape>>;

/** Plays a shape with the real worker on a virtual clock (simulators/deployment), at the default budget. */
export async function playShape(shape: Shape, events: number) {
  const seed = 1;
  const trace = distinctCustomers({ seed, events }, shape.perMinute);
  const figures = await play(trace, EARMARK(), { seed, by: shape.by });
  const { send, changeVisibility, delete: deletes } = figures.sqsRequests;
  // `idleUsage` counts the receives that find nothing.
  const sqsRequests = send + figures.invocations + changeVisibility + deletes;
  return {
    ...shape,
    events,
    way: {
      calls: figures.callsPerEvent,
      invocations: figures.invocations / events,
      waitMs: (figures.billedMinutes * 60_000) / events,
      sqsRequests: sqsRequests / events,
    },
    /** Until all were labelled. */
    minutes: figures.minutes,
    sound: figures.lost + figures.strange + figures.deadLetters === 0,
  };
}
