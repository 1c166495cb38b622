import { expect, test } from '@jest/globals';
import {
  createKeyedMutex,
  createSingleFlight,
  memoizeAsync,
} from '../../lib/runtime/concurrency.ts';

/** Works that note when they begin, and end when the test says so. */
function open() {
  const locked = createKeyedMutex();
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    begun,
    go(key: string, name: string): Promise<string> {
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return locked(key, () => {
        begun.push(name);
        return end.promise;
      });
    },
    async end(name: string, error?: Error): Promise<void> {
      if (error) ends.get(name)?.reject(error);
      else ends.get(name)?.resolve(`result of ${name}`);
      await new Promise(setImmediate);
    },
  };
}

test('works of one key go one after the other, in order; those of another do not wait', async () => {
  const { go, end, begun } = open();
  const first = go('a', 'a1');
  const works = [first, go('a', 'a2'), go('b', 'b1'), go('a', 'a3')];
  await new Promise(setImmediate);
  expect(begun).toEqual(['a1', 'b1']);
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  await end('b1');
  await end('a2');
  expect(begun).toEqual(['a1', 'b1', 'a2', 'a3']);
  await end('a3');
  expect(await Promise.all(works)).toEqual(
    ['a1', 'a2', 'b1', 'a3'].map((name) => `result of ${name}`),
  );
});

test('a work that fails fails its caller, and stops nobody', async () => {
  const { go, end, begun } = open();
  const failing = go('a', 'a1');
  const behind = go('a', 'a2');
  const failed = expect(failing).rejects.toThrow('no');
  await end('a1', new Error('no'));
  await failed;
  expect(begun).toEqual(['a1', 'a2']);
  await end('a2');
  expect(await behind).toBe('result of a2');
});

test('a key whose works are over is free', async () => {
  const { go, end, begun } = open();
  const first = go('a', 'a1');
  await end('a1');
  await first;
  const second = go('a', 'a2');
  await new Promise(setImmediate);
  expect(begun).toEqual(['a1', 'a2']);
  await end('a2');
  await second;
});

test('a work that ends while others wait leaves the key to them', async () => {
  const { go, end, begun } = open();
  const works = [go('a', 'a1'), go('a', 'a2')];
  await end('a1');
  works.push(go('a', 'a3'));
  await new Promise(setImmediate);
  expect(begun).toEqual(['a1', 'a2']);
  await end('a2');
  await end('a3');
  await Promise.all(works);
  expect(begun).toEqual(['a1', 'a2', 'a3']);
});

test('a promise is made once and kept; a failure is not', async () => {
  const results = [Promise.reject(new Error('no')), Promise.resolve('made')];
  const make = memoizeAsync(() => results.shift() ?? Promise.resolve('made again'));
  const [first, second] = [make(), make()];
  await expect(first).rejects.toThrow('no');
  await expect(second).rejects.toThrow('no');
  expect(await make()).toBe('made');
  expect(await make()).toBe('made');
});

test('concurrent calls with one key share a run; the next call makes another', async () => {
  const singly = createSingleFlight<string>();
  const begun: string[] = [];
  const work = (name: string) => async () => {
    begun.push(name);
    return name;
  };
  const all = [singly('a', work('a1')), singly('a', work('a2')), singly('b', work('b1'))];
  expect(await Promise.all(all)).toEqual(['a1', 'a1', 'b1']);
  const failing = singly('a', () => Promise.reject(new Error('no')));
  await expect(Promise.all([failing, singly('a', work('a3'))])).rejects.toThrow('no');
  expect(await singly('a', work('a4'))).toBe('a4');
  expect(begun).toEqual(['a1', 'b1', 'a4']);
});
