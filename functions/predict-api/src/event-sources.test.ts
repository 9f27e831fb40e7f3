import type { BatchSummaryAnswer } from '@banknote-loop/shared/contract';
import {
  openTestCache,
  openTestDatabase,
  quiet,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import { eventSources } from './event-sources.ts';

let database: TestDatabase;
let redis: TestCache;
beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
});
afterAll(() => Promise.all([database.close(), redis.close()]));

const batch: BatchSummaryAnswer = {
  batch_id: '01a1fb17-47a3-71ba-886c-d99ca2690465',
  subjects: ['a'],
  predictions: ['real'],
  created: '2026-01-01T00:00:00.000Z',
};
const prediction = {
  batch_id: batch.batch_id,
  subjects: batch.subjects.slice(),
  input: [[1, 2, 3, 4] as [number, number, number, number]],
  output: batch.predictions.slice(),
};

it('tells each thing once, and nothing of what was there before', async () => {
  const { cache } = redis;
  const { db } = database;
  let waiting = 3;
  const queues = {
    list: async () => [
      { name: 'dead-letter', waiting, oldest_seconds: null, rate: null, ack_ms: null, counted_at: '' },
    ],
  };
  const sources = eventSources({ cache, db, log: quiet, queues });
  const poll = async () => (await Promise.all(sources.map(source => source()))).flat();

  await cache.addBatch(prediction, new Date(batch.created));
  expect(await poll()).toEqual([]);

  const second = { ...prediction, batch_id: '01a1fb17-47a3-71ba-886c-d99ca2690466' };
  await cache.addBatch(second, new Date());
  await db.predictions.store({ prediction, created: new Date() });
  await db.ratings.apply(
    { batch_id: batch.batch_id, subjects: ['a'], ratings: [0] },
    new Date(Date.now() + 1_000),
  );
  waiting = 5;
  expect(await poll()).toEqual([
    { event: 'batch', data: expect.objectContaining({ batch_id: second.batch_id, notes: 1 }) },
    { event: 'feedback', data: expect.objectContaining({ batch_id: batch.batch_id, rated: 1 }) },
    { event: 'dead-letter', data: { more: 2, held: 5 } },
  ]);

  waiting = 4;
  expect(await poll()).toEqual([]);
});
