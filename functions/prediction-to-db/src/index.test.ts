import type { Database } from '@banknote-loop/shared/postgres';
import { aPrediction, deliver } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import predictionToDb from './index.ts';

let test: TestDatabase;
/** What the function works with, as the user that it logs in as. */
let own: { readonly db: Database };
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
  own = { db: await test.ofFunction('prediction-to-db') };
});
afterAll(() => test.close());

it('stores each note of a batch once', async () => {
  const prediction = aPrediction();
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(predictionToDb, own, prediction)).toMatchObject({ outcome: 'done' });
  }
  expect(await test.db.batches.notes(prediction.batch_id)).toMatchObject([
    { subject: 'a', prediction: 'real', score: 0.9, model_file_name: 'model-1.json', rating: null },
    { subject: 'b', prediction: 'fake', score: 0.1, model_file_name: 'model-1.json', rating: null },
  ]);
});

it('stores predictions of a program that knows neither scores nor models', async () => {
  const { scores: _scores, model_file_name: _name, ...prediction } = aPrediction();
  expect(await deliver(predictionToDb, own, prediction)).toMatchObject({ outcome: 'done' });
  expect(await test.db.batches.notes(prediction.batch_id)).toMatchObject([{ score: null }, { score: null }]);
});

it('refuses what is no prediction', async () => {
  const bad = { ...aPrediction(), input: [] };
  expect(await deliver(predictionToDb, own, bad)).toMatchObject({
    outcome: 'permanent',
    deadLetters: [{ attributes: { dead_letter_field: 'input' } }],
  });
  expect(await test.db.batches.notes(bad.batch_id)).toEqual([]);
});

it('keeps a message that the database cannot take now', async () => {
  const away = await openTestDatabase({ seeded: false });
  await away.close();
  expect(await deliver(predictionToDb, away, aPrediction())).toMatchObject({ outcome: 'transient' });
});
