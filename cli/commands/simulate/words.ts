import type { PresetName } from '../../../simulators/presets/presets.ts';
import { table } from '../../../terminal/table.ts';
import type { PresetState } from './engine-presets.ts';

interface Shown {
  /** What one sees of it. */
  readonly see: string;
  /** The commands that show it, without `./earmark`. */
  readonly look: readonly string[];
  /** The heading of docs/operations.md whose case it is. */
  readonly runbook: string;
}

const SEND = 'send shopify order.paid --email kim@example.com';

export const SHOWN: Readonly<Record<PresetName, Shown>> = {
  down: {
    see: 'Jobs are tried again, each time later. After five failures in a row the breaker opens, and one at a time is tried until Wix answers again.',
    look: [SEND, 'log --follow', 'clock +11m', 'doctor'],
    runbook: 'Wix is out',
  },
  slow: {
    see: 'Labels come seconds late, and none is lost: a job makes its calls one after the other.',
    look: [SEND, 'log --follow'],
    runbook: 'Labels come late',
  },
  throttled: {
    see: 'Jobs wait until Wix takes requests again; none is lost. They wait for 13 days.',
    look: [SEND, 'log --follow', 'doctor', 'clock +11m'],
    runbook: 'Jobs wait for hours',
  },
  refused: {
    see: 'Jobs wait, and doctor says that Wix knows no such key. They go on by themselves when it does.',
    look: [SEND, 'log --follow', 'doctor', 'clock +11m'],
    runbook: 'Credentials refused',
  },
  full: {
    see: 'Who needs a label that is not there yet becomes a dead letter, labels-quota-reached. Labels that are there go on.',
    look: [`${SEND} --total 1200`, 'dead-letters list', 'doctor', 'clock +11m'],
    runbook: 'Label quota full',
  },
  'late-contact': {
    see: 'Jobs wait for their contact, two hours from when they came; then each is a dead letter, contact-not-found.',
    look: [SEND, 'log --follow', 'clock +3h', 'dead-letters list'],
    runbook: 'A customer has no label',
  },
  merged: {
    see: 'The contact has another id now, with all its labels. Its history goes along, and what comes later labels the one that is left.',
    look: ['log', SEND, 'why kim@example.com'],
    runbook: 'Two contacts were merged',
  },
  'label-deleted': {
    see: 'Nobody has it any more. An event that earns it makes it anew, for its own contact, five minutes later: so long a worker remembers what is in place. reconcile puts back the standing ones.',
    look: ['clock +6m', SEND, 'reconcile', 'reconcile --apply'],
    runbook: 'Somebody deleted a label',
  },
};

export function renderList(presets: readonly PresetState[]): string {
  const rows = presets.map(({ name, title, isOn, isOnce }) => [
    name,
    isOn ? 'on' : isOnce ? 'once' : '',
    title,
  ]);
  return `${table(rows)}\n`;
}

/** That it is on or done, what that brings, and where to look. */
export function renderBegun({ name, title, isOnce }: PresetState): string {
  const { see, look, runbook } = SHOWN[name];
  return [
    isOnce ? `Done: ${title}.` : `${name} is on: ${title}.`,
    see,
    '',
    ...look.map((command) => `  ./earmark ${command}`),
    ...(isOnce ? [] : [`  ./earmark simulate off ${name}`]),
    '',
    `What to do about it: docs/operations.md, "${runbook}"`,
    '',
  ].join('\n');
}

/** @param which the one that was to end; undefined: all */
export function renderEnded(ended: readonly PresetState[], which: string | undefined): string {
  const names = ended.map(({ name }) => name).join(', ');
  if (names !== '') return `Off: ${names}.\n`;
  return `${which ? `${which} was not on` : 'Nothing was on'}.\n`;
}
