import { aModel, aPrediction } from '@banknote-loop/testing';
import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import { Cache } from './cache.ts';

let test: TestCache;
beforeAll(async () => {
  test = await openTestCache();
});
afterAll(() => test.close());
beforeEach(() => test.cache.redis.flushdb());

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

it('writes batches as the contract has them', async () => {
  const { cache } = test;
  const prediction = aPrediction();
  expect(await cache.addBatch(prediction, at(1))).toBe(true);
  const { batch_id, subjects, output } = prediction;
  const entries = await cache.redis.lrange('batches', 0, -1);
  expect(entries.map(json => JSON.parse(json))).toEqual([
    { batch_id, subjects, predictions: output, created: '2026-01-01T00:00:01.000Z' },
  ]);
  expect(await cache.newestBatches(1)).toEqual(entries.map(json => JSON.parse(json)));
});

it('writes jobs as the contract has them', async () => {
  const { cache } = test;
  const { job_id, model_file_name, records, accuracy, ...model } = aModel();
  await cache.addJob({ job_id, model_file_name, records, accuracy, ...model }, at(1));
  const { data_prep_time, training_time, testing_time } = model;
  const times = { data_prep_time, training_time, testing_time };
  expect(await cache.newestJobs(10)).toEqual([
    expect.objectContaining({
      job_id,
      model_file_name,
      records,
      accuracy,
      ...times,
      created: '2026-01-01T00:00:01.000Z',
    }),
  ]);
});

it('moves the live model forward only', async () => {
  const { cache } = test;
  const set = (model_file_name: string, second: number) =>
    cache.setLatestModel(aModel({ model_file_name }), at(second));
  expect(await cache.latestModelName()).toBeUndefined();
  expect(await set('b', 2)).toBe(true);
  expect(await set('a', 1)).toBe(false);
  expect(await set('b', 2)).toBe(false);
  expect(await cache.latestModelName()).toBe('b');
  expect(await set('c', 3)).toBe(true);
  expect(await cache.redis.mget('model:latest', 'model:latest:accuracy')).toEqual(['c', '0.99']);
});

it.each([[['x', 'y']], [['y', 'x']]])('settles two models of one instant alike: %p', async order => {
  for (const name of order) await test.cache.setLatestModel(aModel({ model_file_name: name }), at(1));
  expect(await test.cache.latestModelName()).toBe('y');
});

it('replaces a model that another program has set', async () => {
  await test.cache.redis.set('model:latest', 'z-of-another-program');
  expect(await test.cache.setLatestModel(aModel({ model_file_name: 'a' }), at(1))).toBe(true);
  expect(await test.cache.latestModelName()).toBe('a');
});

describe('beside another program that writes to the same lists', () => {
  const foreign = JSON.stringify({ batch_id: 'x', subjects: ['a'], predictions: [1] });

  it('reads past its entries, says so once, and still answers as many as there are', async () => {
    const said: unknown[] = [];
    const cache = new Cache(test.cache.redis, 'zoned', (...what) => said.push(what));
    const batches = [1, 2, 3].map(second => ({ prediction: aPrediction(), second }));
    for (const { prediction, second } of batches) {
      await cache.addBatch(prediction, at(second));
      await cache.redis.lpush('batches', foreign, 'no JSON');
    }
    const ids = batches.map(({ prediction }) => prediction.batch_id).toReversed();
    for (const count of [1, 2, 10]) {
      const found = await cache.newestBatches(count);
      expect(found.map(({ batch_id }) => batch_id)).toEqual(ids.slice(0, count));
    }
    expect(said).toEqual([['batches', expect.any(Number)]]);
  });

  it('keeps its own in order and once', async () => {
    const { cache } = test;
    const [first, second, third] = [aPrediction(), aPrediction(), aPrediction()];
    await cache.addBatch(third, at(3));
    await cache.redis.lpush('batches', foreign);
    await cache.addBatch(first, at(1));
    await cache.redis.lpush('batches', foreign);
    await cache.addBatch(second, at(2));
    await cache.addBatch(third, at(2));
    const found = await cache.newestBatches(10);
    expect(found.map(({ batch_id }) => batch_id).toSorted()).toEqual(
      [first, second, third].map(({ batch_id }) => batch_id).toSorted(),
    );
    expect(found.at(-1)?.batch_id).toBe(first.batch_id);
  });
});

it('writes times without a zone where its readers add it themselves, and reads both', async () => {
  const bare = new Cache(test.cache.redis, 'bare');
  await test.cache.addBatch(aPrediction(), at(1));
  await bare.addBatch(aPrediction(), at(2));
  const created = (await bare.redis.lrange('batches', 0, -1)).map(json => JSON.parse(json).created);
  expect(created).toEqual(['2026-01-01T00:00:02.000', '2026-01-01T00:00:01.000Z']);
  expect((await bare.newestBatches(2)).map(batch => batch.created)).toEqual([
    '2026-01-01T00:00:02.000Z',
    '2026-01-01T00:00:01.000Z',
  ]);
});
