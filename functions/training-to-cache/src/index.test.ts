import { aModel, deliver } from '@banknote-loop/testing';
import { openTestStore, type TestStore } from '@banknote-loop/testing/model-files';
import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import trainingToCache from './index.ts';

let test: TestCache & TestStore;
let close: () => Promise<unknown>;
beforeAll(async () => {
  const [cache, models] = await Promise.all([
    openTestCache(),
    openTestStore('model-1.json', 'good.json', 'new.json', 'old.json'),
  ]);
  test = { ...cache, ...models };
  close = () => Promise.all([cache.close(), models.close()]);
});
afterAll(() => close());
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

it('refuses a decision that is dated ahead: no later one could undo it', async () => {
  await deliver(trainingToCache, test, aModel({ model_file_name: 'good.json', created: at(1) }));
  const forged = aModel({ model_file_name: 'new.json', created: '2099-01-01T00:00:00.000Z' });
  expect(await deliver(trainingToCache, test, forged)).toMatchObject({ outcome: 'permanent' });
  expect(await test.cache.latestModelName()).toBe('good.json');
});

describe('what another program announces, where that is taken', () => {
  const environment = { MESSAGE_KEYS: `ours:${'a'.repeat(64)}`, UNSIGNED_MESSAGES: 'accept' };
  const decided = (kind: 'pin' | 'unpin', second: number) =>
    aModel({ model_file_name: 'good.json', created: at(second), decision: { kind, by: 'ann', why: 'calm' } });
  const announced = aModel({ model_file_name: 'new.json', created: at(2) });

  it('does not take the place of a pinned model, until it is pinned no more', async () => {
    await deliver(trainingToCache, test, decided('pin', 1));
    expect(await deliver(trainingToCache, test, announced, { environment })).toMatchObject({
      outcome: 'done',
    });
    expect(await test.cache.latestModelName()).toBe('good.json');
    await deliver(trainingToCache, test, decided('unpin', 3));
    const later = { ...announced, created: at(4) };
    await deliver(trainingToCache, test, later, { environment });
    expect(await test.cache.latestModelName()).toBe('new.json');
  });

  it('leaves a pin where it is when it is about the pinned model', async () => {
    await deliver(trainingToCache, test, decided('pin', 1));
    const same = aModel({ model_file_name: 'good.json', created: at(2) });
    await deliver(trainingToCache, test, same, { environment });
    await deliver(trainingToCache, test, { ...announced, created: at(3) }, { environment });
    expect(await test.cache.latestModelName()).toBe('good.json');
  });

  it('is no decision of a person', async () => {
    await deliver(trainingToCache, test, decided('pin', 1));
    const forged = await deliver(trainingToCache, test, decided('unpin', 2), { environment });
    expect(forged.outcome).toBe('permanent');
    expect(await test.cache.isPinned()).toBe(true);
  });
});

it('refuses what is no model', async () => {
  const bad = aModel({ model_file_name: 'a/b' });
  expect(await deliver(trainingToCache, test, bad)).toMatchObject({ outcome: 'permanent' });
  expect(await test.cache.latestModelName()).toBeUndefined();
});

it('never makes a model the live one that cannot be loaded, whoever announces it', async () => {
  await deliver(trainingToCache, test, aModel({ model_file_name: 'good.json', created: at(1) }));
  await test.store.save('pickled.joblib', '\u0080\u0004 not JSON').catch(() => {});
  // As an earlier training announces its models: ids without dashes, and nothing of a gate.
  const { promoted: _, ...old } = aModel({ model_file_name: 'pickled.joblib' });
  const announced = { ...old, job_id: old.job_id.replaceAll('-', ''), report: { accuracy: 0.98 } };
  const refused = await deliver(trainingToCache, test, announced);
  expect(refused).toMatchObject({ outcome: 'permanent' });
  expect(refused.deadLetters).toMatchObject([
    { attributes: { dead_letter_reason: expect.stringContaining('pickled.joblib is refused') } },
  ]);
  expect(await test.cache.latestModelName()).toBe('good.json');
  const missing = aModel({ model_file_name: 'not-there.json', created: at(3) });
  expect(await deliver(trainingToCache, test, missing)).toMatchObject({ outcome: 'transient' });
  expect(await test.cache.latestModelName()).toBe('good.json');
});
