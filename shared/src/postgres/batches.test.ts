import { aFeedback, aPrediction } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { batchAnswer, batchSummaries, reviewAnswer } from '../contract/answers.ts';
import type { PredictionMessage } from '../contract/messages.ts';

let test: TestDatabase;
let batches: readonly PredictionMessage[];

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** Five batches, a second after each other; the middle ones at one instant. */
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
  batches = [
    aPrediction(),
    aPrediction({ scores: [0.55, 0.2] }),
    aPrediction(),
    aPrediction({ scores: [0.99, 0.01] }),
    aPrediction({ subjects: ['a', 'b', 'c'] }),
  ];
  for (const [i, prediction] of batches.entries()) {
    await test.db.predictions.store({ prediction, created: at(i === 3 ? 2 : i) });
  }
});
afterAll(() => test.close());

it('lists the newest as the contract describes them', async () => {
  const newest = await test.db.batches.newest(2);
  expect(batchSummaries.parse(newest)).toEqual(newest);
  const [last] = newest;
  expect(last).toEqual({
    batch_id: batches[4]?.batch_id,
    subjects: ['a', 'b', 'c'],
    predictions: ['real', 'fake', 'real'],
    created: '2026-01-01T00:00:04.000Z',
  });
});

it('goes through all of them page by page, those of one instant included', async () => {
  const all = await test.db.batches.newest(10);
  const paged = await test.db.batches.newest(1);
  for (let position = paged.at(-1); position; ) {
    const [next] = await test.db.batches.older(1, position);
    if (next) paged.push(next);
    position = next;
  }
  expect(paged).toEqual(all);
  expect(all.map(({ batch_id }) => batch_id).toSorted()).toEqual(
    batches.map(({ batch_id }) => batch_id).toSorted(),
  );
});

it('gives the notes of one as the contract describes them, and none of one that is not there', async () => {
  const { batch_id } = batches[0] ?? aPrediction();
  const notes = await test.db.batches.notes(batch_id);
  expect(batchAnswer(banknotes).parse({ batch_id, notes })).toEqual({ batch_id, notes });
  expect(notes).toMatchObject([
    { subject: 'a', prediction: 'real', rating: null, created: '2026-01-01T00:00:00.000Z' },
    { subject: 'b', prediction: 'fake', rating: null },
  ]);
  expect(await test.db.batches.notes(aPrediction().batch_id)).toEqual([]);
});

it('says which of many are stored', async () => {
  const [first] = batches;
  const ids = [first?.batch_id ?? '', aPrediction().batch_id];
  expect(await test.db.batches.storedAmong(ids)).toEqual([first?.batch_id]);
});

it('gives notes to review, the newest or the least certain first, and none that is rated', async () => {
  const newest = await test.db.reviews.notes('newest', 3);
  expect(reviewAnswer(banknotes).parse({ notes: newest })).toEqual({ notes: newest });
  expect(newest.map(({ subject }) => subject)).toEqual(['a', 'b', 'c']);
  const [uncertain] = await test.db.reviews.notes('uncertain', 1);
  expect(uncertain).toMatchObject({ batch_id: batches[1]?.batch_id, subject: 'a', score: 0.55 });

  // What is unlike anything known comes first in both, however certain the model was.
  const strange = aPrediction({ unlike: [0.2, 0.9999], abstained: [false, true] });
  await test.db.predictions.store({ prediction: strange, created: at(1) });
  for (const order of ['uncertain', 'unlike'] as const) {
    expect(await test.db.reviews.notes(order, 1)).toMatchObject([
      { batch_id: strange.batch_id, subject: 'b', score: 0.1, unlike: 0.9999, abstained: true },
    ]);
  }
  await test.db.ratings.apply(aFeedback({ batch_id: strange.batch_id, ratings: [1, 1] }), at(50));

  const { batch_id } = batches[1] ?? aPrediction();
  await test.db.ratings.apply(aFeedback({ batch_id }), at(60));
  const [next] = await test.db.reviews.notes('uncertain', 1);
  expect(next?.batch_id).not.toBe(batch_id);
  const rated = { batch_id, rated: 2, at: '2026-01-01T00:01:00.000Z' };
  expect(await test.db.ratings.since(at(59))).toEqual([rated]);
  expect(await test.db.ratings.since(at(60))).toEqual([]);
});
