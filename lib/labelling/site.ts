import { createGate, type Gate } from './gate.ts';
import { createLabelKeys, type LabelKeys } from './keys.ts';
import { createRecentEffects, type RecentEffects } from './recent.ts';

/** What a worker process remembers of one Wix site. All of it may be lost at any time. */
export interface SiteMemory {
  readonly gate: Gate;
  readonly keys: LabelKeys;
  readonly recent: RecentEffects;
}

/** The memories of all sites a process has met. */
export function createSiteMemories(): (site: string) => SiteMemory {
  const memories = new Map<string, SiteMemory>();
  return (site) => {
    let memory = memories.get(site);
    if (!memory) {
      memory = {
        gate: createGate(site),
        keys: createLabelKeys(site),
        recent: createRecentEffects(),
      };
      memories.set(site, memory);
    }
    return memory;
  };
}
