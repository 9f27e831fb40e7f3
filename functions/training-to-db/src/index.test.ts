import { contentHash, type ModelStore } from '@banknote-loop/shared/bucket';
import type { Database } from '@banknote-loop/shared/postgres';
import { aModel, deliver } from '@banknote-loop/testing';
import { openTestStore, type TestStore } from '@banknote-loop/testing/model-files';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import trainingToDb from './index.ts';

let test: TestDatabase & TestStore;
/** What the function works with, as the user that it logs in as. */
let own: { readonly db: Database; readonly store: ModelStore };
let close: () => Promise<unknown>;
beforeAll(async () => {
  const [database, models] = await Promise.all([
    openTestDatabase({ seeded: false }),
    openTestStore('model-1.json', 'large.json'),
  ]);
  test = { ...database, ...models };
  own = { db: await database.ofFunction('training-to-db'), store: models.store };
  close = () => Promise.all([database.close(), models.close()]);
});
afterAll(() => close());

it('records a training once, with its report and at the time of its decision', async () => {
  const model = aModel({
    report: { rule: 'first', of_another: [1, 2] },
    created: '2026-01-01T00:00:00.000Z',
  });
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(trainingToDb, own, model)).toMatchObject({ outcome: 'done' });
  }
  const { rows } = await test.pool.query('select id, model_file_name, accuracy, report, created from jobs');
  expect(rows).toEqual([
    {
      id: model.job_id,
      model_file_name: model.model_file_name,
      accuracy: model.accuracy,
      report: model.report,
      created: '2026-01-01T00:00:00.000Z',
    },
  ]);
});

it('refuses a model whose numbers no table can hold', async () => {
  const bad = aModel({ model_file_name: 'large.json', records: 3_000_000_000 });
  expect(await deliver(trainingToDb, own, bad)).toMatchObject({ outcome: 'permanent' });
  // Nor must it stand where all who list models would stumble over it.
  expect(await test.db.models.find('large.json')).toBeUndefined();
});

it('does not record a decision that is dated ahead', async () => {
  const forged = aModel({ model_file_name: 'model-1.json', created: '2099-01-01T00:00:00.000Z' });
  expect(await deliver(trainingToDb, own, forged)).toMatchObject({ outcome: 'permanent' });
});

it("keeps the hash of a file's content, and does not take another content for it", async () => {
  await deliver(trainingToDb, own, aModel({ model_file_name: 'model-1.json' }));
  const hash = contentHash(await test.store.load('model-1.json'));
  expect(await test.db.models.contentHash('model-1.json')).toBe(hash);
  await test.store.save('swapped.json', await test.store.load('model-1.json'));
  const other = aModel({ model_file_name: 'swapped.json', content_sha256: '0'.repeat(64) });
  expect(await deliver(trainingToDb, own, other)).toMatchObject({ outcome: 'done' });
  expect(await test.db.models.find('swapped.json')).toMatchObject({
    promoted: false,
    reason: expect.stringContaining('another content than when it was recorded'),
  });
});

it('does not let what another program announces, or decides, take the place of a pinned model', async () => {
  const environment = { MESSAGE_KEYS: `ours:${'a'.repeat(64)}`, UNSIGNED_MESSAGES: 'accept' };
  const decided = (kind: 'pin' | 'unpin', created: string) =>
    aModel({ model_file_name: 'model-1.json', created, decision: { kind, by: 'ann', why: 'calm' } });
  await deliver(trainingToDb, own, aModel({ model_file_name: 'model-1.json' }));
  const now = Date.now();
  const after = (ms: number) => new Date(now + ms).toISOString();
  await deliver(trainingToDb, own, decided('pin', after(0)));
  const announced = aModel({ model_file_name: 'large.json', created: after(1) });
  expect(await deliver(trainingToDb, own, announced, { environment })).toMatchObject({ outcome: 'done' });
  expect(await test.db.models.find('large.json')).toMatchObject({
    promoted: false,
    reason: 'The model model-1.json is pinned by ann (calm).',
  });
  const forged = await deliver(trainingToDb, own, decided('unpin', after(2)), { environment });
  expect(forged.outcome).toBe('permanent');
  expect(await test.db.models.live()).toMatchObject({ model_file_name: 'model-1.json', kind: 'pin' });
  await deliver(trainingToDb, own, decided('unpin', after(3)));
});

it('refuses what is no model', async () => {
  const { outcome } = await deliver(trainingToDb, own, { ...aModel(), accuracy: '99 %' });
  expect(outcome).toBe('permanent');
});

it("keeps the record of another program's model that cannot be loaded, and does not let it answer", async () => {
  const live = await test.db.models.live();
  await test.store.save('pickled.joblib', 'not JSON');
  const job_id = '0123456789ABCDEF0123456789ABCDEF';
  const { promoted: _, ...old } = aModel({ job_id, model_file_name: 'pickled.joblib' });
  expect(await deliver(trainingToDb, own, old)).toMatchObject({ outcome: 'done' });
  expect(await test.db.models.find('pickled.joblib')).toMatchObject({
    job_id: '01234567-89ab-cdef-0123-456789abcdef',
    promoted: false,
    reason: expect.stringContaining('The model file pickled.joblib is refused'),
  });
  expect(await test.db.models.live()).toEqual(live);
});
