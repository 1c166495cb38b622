import type { Fault } from '../wix/faults.ts';
import type { WixSimulator } from '../wix/simulator.ts';

/** What a preset may do to the simulated Wix. */
type Wix = Pick<
  WixSimulator,
  | 'fault'
  | 'clearFaults'
  | 'limitLabels'
  | 'contacts'
  | 'labels'
  | 'addContact'
  | 'mergeContacts'
  | 'deleteLabel'
>;

/** Says of the contact that is gone, and of the one that it is now, what the site would post. */
export type OnMerged = (from: string, into: string) => Promise<void>;

/** A way in which Wix, or somebody at its dashboard, makes trouble. */
interface Preset {
  /** What it does, in words. */
  readonly title: string;
  /** What goes wrong for as long as it is on. */
  readonly faults?: readonly Omit<Fault, 'times'>[];
  /** What is done when it is switched on; without `faults` and `end` that is all, and it is never on. */
  readonly begin?: (wix: Wix, onMerged: OnMerged) => void | Promise<void>;
  /** Undoes it. */
  readonly end?: (wix: Wix) => void;
}

const noContact = {
  message: 'Contact not found',
  details: { applicationError: { code: 'CONTACT_NOT_FOUND', description: 'Contact not found' } },
};
const emptyPage = { count: 0, offset: 0, total: 0, tooManyToCount: false };

/** Longer than anybody likes, and within the 8 s that a call may take. */
const SLOW_MS = 4_000;

const PRESETS = {
  down: { title: 'Wix answers every call with 503', faults: [{ status: 503 }] },
  slow: {
    title: `Wix takes ${SLOW_MS / 1000} s for each call`,
    faults: [{ delayMs: SLOW_MS }],
  },
  throttled: { title: 'Wix answers every call with 429', faults: [{ status: 429 }] },
  refused: { title: 'Wix refuses the credentials', faults: [{ status: 401 }] },
  full: {
    title: 'The site has no room for another label',
    begin: (wix) =>
      wix.limitLabels(wix.labels().filter(({ labelType }) => labelType === 'USER_DEFINED').length),
    end: (wix) => wix.limitLabels(undefined),
  },
  'late-contact': {
    title: 'Wix finds no contact, as if all were still to be made',
    faults: [
      {
        operation: 'queryContacts',
        status: 200,
        body: { contacts: [], pagingMetadata: emptyPage },
      },
      { operation: 'getContact', status: 404, body: noContact },
      { operation: 'queryMembers', status: 200, body: { members: [], metadata: emptyPage } },
    ],
  },
  merged: {
    title: 'Somebody merges the contact that changed last into a new one, and Wix says so',
    begin: mergeLatest,
  },
  'label-deleted': {
    title: 'Somebody deletes every label of the site',
    begin(wix) {
      for (const { key, labelType } of wix.labels()) {
        if (labelType === 'USER_DEFINED') wix.deleteLabel(key);
      }
    },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

export const isPreset = (name: string): name is PresetName => Object.hasOwn(PRESETS, name);

async function mergeLatest(wix: Wix, onMerged: OnMerged): Promise<void> {
  const latest = wix
    .contacts()
    .reduce<ReturnType<Wix['contacts']>[number] | undefined>(
      (last, one) => (last && last.updatedDate > one.updatedDate ? last : one),
      undefined,
    );
  if (!latest) throw new Error('There is no contact to merge.');
  const { first: firstName, last: lastName } = latest.info.name ?? {};
  const into = wix.addContact({ firstName, lastName });
  wix.mergeContacts(latest.id, into);
  await onMerged(latest.id, into);
}

export type Presets = ReturnType<typeof createPresets>;

/** What is done, and does not last. */
const isOnce = ({ faults, end }: Preset): boolean => faults === undefined && end === undefined;

/**
 * Switches for a simulated Wix. Several may be on at once; what strikes a call first is what stands first in the table.
 * Whatever faults there were besides are gone with each switch.
 */
export function createPresets(wix: Wix, onMerged: OnMerged) {
  const on = new Set<PresetName>();
  const presetOf = (name: PresetName): Preset => PRESETS[name];

  function apply(): void {
    wix.clearFaults();
    for (const name of Object.keys(PRESETS).filter(isPreset)) {
      const { faults = [] } = presetOf(name);
      if (!on.has(name)) continue;
      for (const fault of faults) wix.fault({ ...fault, times: Number.POSITIVE_INFINITY });
    }
  }

  return {
    list: () =>
      Object.keys(PRESETS)
        .filter(isPreset)
        .map((name) => ({
          name,
          title: presetOf(name).title,
          isOn: on.has(name),
          isOnce: isOnce(presetOf(name)),
        })),
    /** @throws Error where there is nothing that it could be done to, and what `onMerged` throws */
    async set(name: PresetName, isOn: boolean): Promise<void> {
      const preset = presetOf(name);
      if (on.has(name) === isOn) return;
      if (isOn && !isOnce(preset)) on.add(name);
      else on.delete(name);
      apply();
      if (isOn) await preset.begin?.(wix, onMerged);
      else preset.end?.(wix);
    },
  };
}
