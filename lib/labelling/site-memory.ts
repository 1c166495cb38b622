import { createKeyedMutex } from '../runtime/concurrency.ts';
import { createBreaker } from '../wix/calls/breaker.ts';
import { createContactMemory } from './contact/contact-memory.ts';
import { createLookups } from './contact/lookups.ts';
import { createLabelKeys } from './labels/label-keys.ts';
import { createLabelMemory } from './labels/label-memory.ts';

/** What a worker process remembers of one Wix site. All of it may be lost at any time. */
export type SiteMemory = ReturnType<typeof createSiteMemory>;

const createSiteMemory = (site: string, clock: () => number) => ({
  breaker: createBreaker(site, clock),
  keys: createLabelKeys(site, clock),
  lookups: createLookups(),
  contacts: createContactMemory(clock),
  labels: createLabelMemory(clock),
  /** One change of a contact at a time, by its id: two references may mean the same one. */
  locked: createKeyedMutex(),
});

/** The memories of all sites a process has met. @param clock milliseconds; it must not go back */
export function createSiteMemories(clock: () => number): (site: string) => SiteMemory {
  const memories = new Map<string, SiteMemory>();
  return (site) => {
    const memory = memories.get(site) ?? createSiteMemory(site, clock);
    memories.set(site, memory);
    return memory;
  };
}
