import { createTurns, type InTurn } from '../runtime/turns.ts';
import { type Breaker, createBreaker } from '../wix/calls/breaker.ts';
import { createKnownContacts, type KnownContacts } from './contact/contact-memory.ts';
import { createLookups, type Lookups } from './contact/lookups.ts';
import { createLabelKeys, type LabelKeys } from './labels/label-keys.ts';
import { createRecentEffects, type RecentEffects } from './labels/recent.ts';

/** What a worker process remembers of one Wix site. All of it may be lost at any time. */
export interface SiteMemory {
  readonly breaker: Breaker;
  readonly keys: LabelKeys;
  readonly contacts: KnownContacts;
  readonly lookups: Lookups;
  readonly recent: RecentEffects;
  /** One change of a contact at a time, by its id: two references may mean the same one. */
  readonly inTurn: InTurn;
}

/** The memories of all sites a process has met. */
export function createSiteMemories(): (site: string) => SiteMemory {
  const memories = new Map<string, SiteMemory>();
  return (site) => {
    let memory = memories.get(site);
    if (!memory) {
      memory = {
        breaker: createBreaker(site),
        keys: createLabelKeys(site),
        contacts: createKnownContacts(),
        lookups: createLookups(),
        recent: createRecentEffects(),
        inTurn: createTurns(),
      };
      memories.set(site, memory);
    }
    return memory;
  };
}
