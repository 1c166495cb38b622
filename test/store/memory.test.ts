import { describe, expect, test } from '@jest/globals';
import { type HistoryStore, StoreError } from '../../lib/store/store.ts';
import { createMemoryStore } from '../../simulators/store/memory.ts';
import { describeStore, order, paid, RETENTION_MS } from './store.suite.ts';

describeStore('memory', async (now) => createMemoryStore({ now, retentionMs: RETENTION_MS }));

describe('what stands in the way of a request', () => {
  const contact = { site: 'a-site', contactId: 'a-contact' };
  const down = new StoreError('unavailable', 'The store is down.');

  test('may keep it from being done, or its answer from being heard', async () => {
    let fails: 'before' | 'after' | undefined = 'before';
    const store = createMemoryStore({
      obstruct: async (_operation, request) => {
        if (fails === 'before') throw down;
        const answer = await request();
        if (fails === 'after') throw down;
        return answer;
      },
    });
    const read = () => {
      fails = undefined;
      return store.read(contact);
    };
    await expect(store.addFacts(contact, [order('1', paid(1, 1))])).rejects.toBe(down);
    expect(await read()).toMatchObject({ facts: [] });
    fails = 'after';
    await expect(store.addFacts(contact, [order('1', paid(1, 1))])).rejects.toBe(down);
    expect(await read()).toMatchObject({ facts: [order('1', paid(1, 1))] });
  });

  test('sees each request that DynamoDB would get, so that a part of the facts may be written', async () => {
    const seen: (keyof HistoryStore)[] = [];
    const store = createMemoryStore({
      obstruct: async (operation, request) => {
        seen.push(operation);
        if (operation === 'addFacts' && seen.length === 2) throw down;
        return request();
      },
    });
    const facts = ['1', '2', '3'].map((id) => order(id, paid(1, 1)));
    await expect(store.addFacts(contact, facts)).rejects.toBe(down);

    expect((await store.read(contact)).facts.map(({ id }) => id)).toEqual(['1', '3']);
    expect(seen).toEqual(['addFacts', 'addFacts', 'addFacts', 'read']);
  });
});
