import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { addToList, type ListEntry, type NewestList, readRawList } from './newest-list.ts';

let test: TestCache;
beforeAll(async () => {
  test = await openTestCache();
});
afterAll(() => test.close());

const list: NewestList = { key: 'list', bound: 5 };
beforeEach(() => test.cache.redis.del('list', 'list:index'));

function anEntry(id: string, second: number): ListEntry {
  return { id, created: new Date(second * 1000), json: JSON.stringify({ id, second }) };
}

const add = (entry: ListEntry) => addToList(test.cache.redis, list, [entry]);

async function ids(): Promise<string[]> {
  const entries = await readRawList(test.cache.redis, list, 100);
  return entries.map(json => JSON.parse(json).id);
}

it('keeps the newest first, and puts a late one where it belongs', async () => {
  for (const [id, second] of [
    ['b', 2],
    ['d', 4],
    ['a', 1],
    ['c', 3],
  ] as const) {
    expect(await add(anEntry(id, second))).toBe(true);
  }
  expect(await ids()).toEqual(['d', 'c', 'b', 'a']);
});

it('holds each entry once', async () => {
  await add(anEntry('a', 1));
  expect(await add(anEntry('a', 1))).toBe(false);
  expect(await ids()).toEqual(['a']);
});

it('lets the earlier of two with one id count', async () => {
  await add(anEntry('b', 2));
  await add(anEntry('a', 3));
  expect(await add(anEntry('a', 1))).toBe(true);
  expect(await add(anEntry('a', 3))).toBe(false);
  expect(await ids()).toEqual(['b', 'a']);
});

it('drops the oldest when it is full, and does not take them back', async () => {
  for (let second = 1; second <= 7; second += 1) await add(anEntry(`e${second}`, second));
  expect(await ids()).toEqual(['e7', 'e6', 'e5', 'e4', 'e3']);
  expect(await add(anEntry('e1', 1))).toBe(false);
  expect(await ids()).toEqual(['e7', 'e6', 'e5', 'e4', 'e3']);
  expect(await test.cache.redis.zcard('list:index')).toBe(5);
});

it('holds the same in the end, in whatever order and however often entries come', async () => {
  const entries = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 9 })), {
    selector: ([id]) => id,
    maxLength: 12,
  });
  const arrivals = entries.chain(all =>
    fc.record({
      all: fc.constant(all),
      again: fc.shuffledSubarray(all),
      shuffled: fc.shuffledSubarray(all, { minLength: all.length }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ all, again, shuffled }) => {
      await test.cache.redis.del('list', 'list:index');
      for (const [id, second] of [...again, ...shuffled]) await add(anEntry(String(id), second));
      // Of two of one instant the one with the greater id stands first, as in the database.
      const newestFirst = all
        .map(([id, second]) => ({ id: String(id), second }))
        .sort((a, b) => b.second - a.second || (a.id < b.id ? 1 : -1));
      expect(await ids()).toEqual(newestFirst.slice(0, list.bound).map(({ id }) => id));
    }),
  );
});
