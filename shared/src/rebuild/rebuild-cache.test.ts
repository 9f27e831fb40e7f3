import { aModel, aPrediction } from '@banknote-loop/testing';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import { findDifferences, rebuildCache } from './rebuild-cache.ts';

let database: TestDatabase;
let redis: TestCache;
beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
});
afterAll(() => Promise.all([database.close(), redis.close()]));

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

it('makes an empty Redis what Postgres says, to the letter of what the functions write', async () => {
  const { db } = database;
  const predictions = [aPrediction(), aPrediction()];
  const model = aModel({ fingerprint: 'abc', report: { rule: 'first' } });
  for (const [i, prediction] of predictions.entries()) {
    await db.predictions.store({ prediction, created: at(i) });
    await redis.cache.addBatch(prediction, at(i));
  }
  await db.models.recordAnnouncement(model, at(2));
  await redis.cache.addJob(model, at(2));
  await redis.cache.setLatestModel(model, at(2));
  expect(await findDifferences(redis.cache, db)).toEqual([]);

  await redis.cache.redis.flushdb();
  expect(await rebuildCache(redis.cache, db)).toEqual({
    batches: 2,
    jobs: 1,
    model: model.model_file_name,
    corrected: [
      'The list batches lacks 2 entries and holds 0 that Postgres does not know.',
      'The list jobs lacks 1 entries and holds 0 that Postgres does not know.',
      `model:latest is missing instead of ${model.model_file_name}.`,
    ],
  });
  expect(await redis.cache.latestModelSince()).toEqual(at(2));
});

it('drops what Postgres still does not know when the time to arrive is over', async () => {
  const { db } = database;
  await redis.cache.addBatch(aPrediction(), at(9));
  await redis.cache.setLatestModel({ model_file_name: 'unknown.json', accuracy: 1 }, at(9));
  const { corrected } = await rebuildCache(redis.cache, db, 0);
  expect(corrected).toHaveLength(2);
  expect(await findDifferences(redis.cache, db)).toEqual([]);
});

it('leaves alone what is on its way to Postgres', async () => {
  const { db } = database;
  const prediction = aPrediction();
  await redis.cache.addBatch(prediction, at(10));
  const rebuilt = rebuildCache(redis.cache, db);
  await db.predictions.store({ prediction, created: at(10) });
  expect(await rebuilt).toMatchObject({ batches: 3 });
  expect(await redis.cache.newestBatches(1)).toMatchObject([{ batch_id: prediction.batch_id }]);
});
