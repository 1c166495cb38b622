import { applyPlan } from '../../lib/labelling/labels/apply.ts';
import {
  type LabelChange,
  newProgress,
  type PlanProgress,
} from '../../lib/labelling/labels/plan.ts';
import { createSiteMemories } from '../../lib/labelling/site-memory.ts';
import { createFakeWix } from './fake-wix.ts';

/** A change: `+A` adds, `-A` removes; a `!` behind it says that some rule may undo it. */
function changeOf(text: string, occurredAt = 0): LabelChange {
  const change = text.startsWith('+') ? 'add' : 'remove';
  return {
    name: text.slice(1).replace('!', ''),
    change,
    occurredAt,
    reversible: text.endsWith('!'),
  };
}

/** One contact of a fake Wix, 'ada', and what a process remembers of the site. */
export function openApply() {
  let time = 1_000_000;
  const wix = createFakeWix();
  wix.addContact('ada');
  const memory = createSiteMemories(() => time)('a-site');
  const target = { wix: wix.site, memory, contactId: 'ada' };

  const read = ({ done, inPlace, refused, quota }: PlanProgress) => ({
    done: [...done],
    inPlace: [...inPlace],
    ...(refused.size > 0 && { refused: [...refused] }),
    ...(quota && { quota: quota.code }),
  });
  const planReplay = (changes: readonly LabelChange[]) =>
    new Map(changes.map((change) => [change.name, change]));

  return {
    wix,
    memory,
    pass(ms: number): void {
      time += ms;
    },
    /** Applies changes, as `changeOf` reads them. @returns what became of them */
    async apply(...changes: readonly string[]) {
      const progress = newProgress();
      await applyPlan(target, planReplay(changes.map((text) => changeOf(text))), progress);
      return read(progress);
    },
    /** The same where it fails. @returns how far it got, and the failure */
    async applyInVain(...changes: readonly string[]) {
      const progress = newProgress();
      const plan = planReplay(changes.map((text) => changeOf(text)));
      const error = await applyPlan(target, plan, progress).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      return { ...read(progress), error: String(error) };
    },
    /** The calls since it was asked last; not those for label keys. */
    asked: (): string[] =>
      wix.calls.splice(0).filter((call) => !/^(findOrCreate|query)Label/.test(call)),
  };
}
