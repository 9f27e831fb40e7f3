import { aModel, deliver } from '@banknote-loop/testing';
import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import trainingToCache from './index.ts';

let test: TestCache;
beforeAll(async () => {
  test = await openTestCache();
});
afterAll(() => test.close());
beforeEach(() => test.cache.redis.flushdb());

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;

it('makes a promoted model the live one, and lists its job once', async () => {
  const model = aModel({ created: at(1) });
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(trainingToCache, test, model)).toMatchObject({ outcome: 'done' });
  }
  expect(await test.cache.latestModelName()).toBe('model-1.json');
  expect(await test.cache.newestJobs(10)).toMatchObject([{ job_id: model.job_id, created: at(1) }]);
});

it('lists a refused model, and leaves the live one where it is', async () => {
  await deliver(trainingToCache, test, aModel({ model_file_name: 'good.json', created: at(1) }));
  const refused = aModel({ model_file_name: 'bad.json', promoted: false, created: at(2) });
  await deliver(trainingToCache, test, refused);
  expect(await test.cache.latestModelName()).toBe('good.json');
  expect(await test.cache.newestJobs(10)).toMatchObject([
    { model_file_name: 'bad.json' },
    { model_file_name: 'good.json' },
  ]);
});

it('does not let late news replace a newer model', async () => {
  await deliver(trainingToCache, test, aModel({ model_file_name: 'new.json', created: at(2) }));
  await deliver(trainingToCache, test, aModel({ model_file_name: 'old.json', created: at(1) }));
  expect(await test.cache.latestModelName()).toBe('new.json');
});

it('refuses what is no model', async () => {
  const bad = aModel({ model_file_name: 'a/b' });
  expect(await deliver(trainingToCache, test, bad)).toMatchObject({ outcome: 'permanent' });
  expect(await test.cache.latestModelName()).toBeUndefined();
});
