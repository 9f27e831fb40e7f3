import type { Database } from '@banknote-loop/shared/postgres';
import { aFeedback, aPrediction, deliver } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import feedbackToTraining from './index.ts';

let test: TestDatabase;
/** What the function works with, as the user that it logs in as. */
let own: { readonly db: Database };
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
  own = { db: await test.ofFunction('feedback-to-training') };
});
afterAll(() => test.close());

async function trainingRows(batchId: string): Promise<unknown[]> {
  const text = 'select variance, class from training where batch_id = $1 order by position';
  return (await test.pool.query(text, [batchId])).rows;
}

it('learns the opposite of a prediction that was wrong, and asks for a model', async () => {
  const prediction = aPrediction();
  const feedback = aFeedback({ batch_id: prediction.batch_id, ratings: [1, 0] });
  await test.db.predictions.store({ prediction, created: new Date(0) });
  await test.db.ratings.apply(feedback, new Date(1));
  const rows = [
    { variance: 0, class: 1 },
    { variance: 1, class: 1 },
  ];
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(feedbackToTraining, own, feedback)).toMatchObject({
      outcome: 'done',
      // Also the second time: the first may have died before it could ask.
      published: [{ topic: 'job', content: feedback }],
    });
    expect(await trainingRows(prediction.batch_id)).toEqual(rows);
  }
});

it('takes no word of the message for what people say now', async () => {
  const prediction = aPrediction();
  const { batch_id } = prediction;
  await test.db.predictions.store({ prediction, created: new Date(0) });
  await test.db.ratings.apply(aFeedback({ batch_id, ratings: [null, 0] }), new Date(2));
  await deliver(feedbackToTraining, own, aFeedback({ batch_id, ratings: [1, 1] }));
  expect(await trainingRows(batch_id)).toEqual([{ variance: 1, class: 1 }]);
});

it('asks for a training, whatever else the message would have', async () => {
  const feedback = aFeedback();
  const more = { ...feedback, candidate: 'model-1.json' };
  const { published } = await deliver(feedbackToTraining, own, more);
  expect(published).toMatchObject([{ topic: 'job', content: feedback }]);
  expect(published[0]?.content).not.toHaveProperty('candidate');
});

it('refuses what is no feedback', async () => {
  const bad = { ...aFeedback(), batch_id: 7 };
  expect(await deliver(feedbackToTraining, own, bad)).toMatchObject({ outcome: 'permanent', published: [] });
});
