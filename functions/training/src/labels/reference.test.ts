import { bankData } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestStore, type TestStore } from '@banknote-loop/testing/model-files';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { findReference } from './reference.ts';

// There is no model yet, so that a reference is made of the data set's own rows. Its name follows from them.

const keys = `test:${'a'.repeat(64)}`;
const trusted = bankData();
let database: TestDatabase;
let buckets: TestStore[];
beforeAll(async () => {
  [database, ...buckets] = await Promise.all([openTestDatabase(), openTestStore(), openTestStore()]);
});
afterAll(() => Promise.all([database.close(), ...buckets.map(one => one.close())]));

it('is made although somebody has put another file, or another signature, under its name', async () => {
  const [fresh, planted] = buckets;
  if (!fresh || !planted) throw new Error('There are two buckets.');
  const context = { dataSet: banknotes, db: database.db, rules: { budgetSeconds: 1 } };
  const made = await findReference({ ...context, store: await fresh.withKeys(keys) }, trusted);
  expect(made?.fileName).toMatch(/^reference-/);
  const { fileName = '' } = made ?? {};

  const store = await planted.withKeys(keys);
  await planted.store.save(`${fileName}.sig`, 'nobody:0');
  expect(await findReference({ ...context, store }, trusted)).toMatchObject({ fileName });
  await planted.store.save(fileName, '{"planted":true}');
  expect(await findReference({ ...context, store }, trusted)).toMatchObject({ fileName });
  // What is there is still what was put there, and nobody takes it for a model.
  await expect(store.find(fileName)).rejects.toThrow('is not signed');
});
