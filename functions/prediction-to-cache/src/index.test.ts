import { aPrediction, deliver } from '@banknote-loop/testing';
import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import predictionToCache from './index.ts';

let test: TestCache;
beforeAll(async () => {
  test = await openTestCache();
});
afterAll(() => test.close());
beforeEach(() => test.cache.redis.flushdb());

it('lists a batch once, at the time of its prediction', async () => {
  const prediction = aPrediction();
  const attributes = { 'ce-time': '2026-01-01T00:00:00.000Z' };
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(predictionToCache, test, prediction, { attributes })).toMatchObject({
      outcome: 'done',
    });
  }
  const { batch_id, subjects, output } = prediction;
  expect(await test.cache.newestBatches(10)).toEqual([
    { batch_id, subjects, predictions: output, created: attributes['ce-time'] },
  ]);
});

it('refuses what is no prediction', async () => {
  const { outcome } = await deliver(predictionToCache, test, { ...aPrediction(), output: ['real'] });
  expect(outcome).toBe('permanent');
  expect(await test.cache.newestBatches(10)).toEqual([]);
});
