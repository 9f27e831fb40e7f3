import { setImmediate as turn } from 'node:timers/promises';
import { gather } from './gather.ts';

function open(patienceMs: number) {
  const calls: number[][] = [];
  const sendAll = async (items: readonly number[]): Promise<void> => void calls.push([...items]);
  return { calls, gatherer: gather(sendAll, { patienceMs, sizeOf: () => 1, maxSize: 100 }) };
}

/** One with each turn of the event loop, as a busy process takes them in. */
async function addEachTurn(items: readonly number[], add: (item: number) => Promise<void>): Promise<void> {
  const added: Promise<void>[] = [];
  for (const item of items) {
    added.push(add(item));
    await turn();
  }
  await Promise.all(added);
}

it('sends together what comes with one turn of the event loop after the other', async () => {
  const { calls, gatherer } = open(60_000);
  await addEachTurn([1, 2, 3, 4], gatherer.add);
  expect(calls).toEqual([[1, 2, 3, 4]]);
  expect(gatherer.inHand).toBe(0);
});

it('sends what is alone although nobody else comes', async () => {
  const { calls, gatherer } = open(60_000);
  await gatherer.add(1);
  expect(calls).toEqual([[1]]);
});

it('lets nobody wait longer than its patience, however many come', async () => {
  const { calls, gatherer } = open(0);
  await addEachTurn([1, 2], gatherer.add);
  expect(calls).toEqual([[1], [2]]);
});

it('sends what comes while a call is under way together, when that is done', async () => {
  const underWay = Promise.withResolvers<void>();
  const calls: number[][] = [];
  const gatherer = gather<number>(
    items => {
      calls.push([...items]);
      return items.includes(1) ? underWay.promise : Promise.resolve();
    },
    { patienceMs: 60_000, sizeOf: () => 1, maxSize: 100 },
  );
  const first = gatherer.add(1);
  while (calls.length === 0) await turn();
  const others = addEachTurn([2, 3], gatherer.add);
  await turn();
  expect(calls).toEqual([[1]]);
  underWay.resolve();
  await Promise.all([first, others]);
  expect(calls).toEqual([[1], [2, 3]]);
});
