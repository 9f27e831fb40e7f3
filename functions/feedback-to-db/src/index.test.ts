import { aFeedback, aPrediction, deliver } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import feedbackToDb from './index.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

async function aStoredBatch(): Promise<string> {
  const prediction = aPrediction();
  await test.db.predictions.store({ prediction, created: new Date(0) });
  return prediction.batch_id;
}

const attributes = { 'ce-time': '2026-01-01T00:00:00.000Z' };

it('notes what people say, and passes it on', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch(), ratings: [1, 0], reviewer: 'Ada' });
  expect(await deliver(feedbackToDb, test, feedback)).toMatchObject({
    outcome: 'done',
    published: [{ topic: 'training', content: feedback }],
  });
  expect(await test.db.batches.notes(feedback.batch_id)).toMatchObject([
    { rating: 1, reviewer: 'Ada' },
    { rating: 0, reviewer: 'Ada' },
  ]);
});

it('passes nothing on when the same comes again after it was learned', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch() });
  await deliver(feedbackToDb, test, feedback, { attributes });
  await test.db.training.sync(feedback.batch_id, feedback.subjects);
  const again = await deliver(feedbackToDb, test, feedback, { attributes });
  expect(again).toEqual({ outcome: 'done', published: [], deadLetters: [] });
});

it('passes it on with the next delivery when the first died after its commit', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch() });
  const onPublish = () => {
    throw new Error('Pub/Sub is away');
  };
  const first = await deliver(feedbackToDb, test, feedback, { attributes, onPublish });
  expect(first).toMatchObject({ outcome: 'transient', published: [] });
  const second = await deliver(feedbackToDb, test, feedback, { attributes });
  expect(second).toMatchObject({ outcome: 'done', published: [{ topic: 'training' }] });
});

it('waits for a prediction that the rating has overtaken', async () => {
  const prediction = aPrediction();
  const feedback = aFeedback({ batch_id: prediction.batch_id });
  expect(await deliver(feedbackToDb, test, feedback)).toMatchObject({
    outcome: 'transient',
    deadLetters: [],
  });
  await test.db.predictions.store({ prediction, created: new Date(0) });
  expect(await deliver(feedbackToDb, test, feedback)).toMatchObject({ outcome: 'done' });
});

it('refuses the subjects that the batch does not have, and rates the others', async () => {
  const batch_id = await aStoredBatch();
  const feedback = aFeedback({ batch_id, subjects: ['a', 'x', 'y'], ratings: [1, 0, null], reviewer: 'Ada' });
  const { outcome, published, deadLetters } = await deliver(feedbackToDb, test, feedback);
  expect({ outcome, published: published.length }).toEqual({ outcome: 'done', published: 1 });
  expect(deadLetters).toMatchObject([
    {
      content: { batch_id, subjects: ['x', 'y'], ratings: [0, null], reviewer: 'Ada' },
      attributes: {
        correlation_id: batch_id,
        dead_letter_field: 'subjects',
        dead_letter_reason: expect.stringMatching(/^The batch has no subject named "[xy]", "[xy]"\.$/),
      },
    },
  ]);
  expect(await test.db.batches.notes(batch_id)).toMatchObject([{ rating: 1 }, { rating: null }]);
});

it('refuses a rating that is none', async () => {
  const batch_id = await aStoredBatch();
  const bad = { ...aFeedback({ batch_id }), ratings: [1, 'no'] };
  expect(await deliver(feedbackToDb, test, bad)).toMatchObject({ outcome: 'permanent', published: [] });
  expect(await test.db.batches.notes(batch_id)).toMatchObject([{ rating: null }, { rating: null }]);
});
