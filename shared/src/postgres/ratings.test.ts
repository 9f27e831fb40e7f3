import { aFeedback, aPrediction, until } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import type { FeedbackMessage } from '../contract/messages.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const textAt = (second: number) => at(second).toISOString();

/** The id of a stored batch of two notes, `a` called real and `b` called fake. */
async function aStoredBatch(): Promise<string> {
  const prediction = aPrediction();
  await test.db.predictions.store({ prediction, created: at(0) });
  return prediction.batch_id;
}

function rate(batch_id: string, rating: 0 | 1 | null, second: number, over: Partial<FeedbackMessage> = {}) {
  return test.db.ratings.apply(
    aFeedback({ batch_id, subjects: ['a'], ratings: [rating], ...over }),
    at(second),
  );
}

const sync = (batchId: string) => test.db.training.sync(batchId, ['a', 'b']);

async function ratingsOf(batchId: string): Promise<unknown[]> {
  return (await test.db.batches.notes(batchId)).map(({ rating }) => rating);
}

async function trainingOf(batchId: string): Promise<unknown[]> {
  const text = 'select class, reviewer, created from training where batch_id = $1 order by position';
  return (await test.pool.query(text, [batchId])).rows;
}

it('turns a rating into a training row', async () => {
  const id = await aStoredBatch();
  expect(await rate(id, 0, 1, { reviewer: 'Ada' })).toEqual({
    batchKnown: true,
    applied: 1,
    trainingIsStale: true,
    unknownSubjects: [],
  });
  expect(await ratingsOf(id)).toEqual([0, null]);
  expect(await sync(id)).toEqual({ rated: 1, written: 1, removed: 0 });
  expect(await trainingOf(id)).toEqual([{ class: 0, reviewer: 'Ada', created: textAt(1) }]);
});

it('changes nothing the second time', async () => {
  const id = await aStoredBatch();
  await rate(id, 1, 1);
  await sync(id);
  expect(await rate(id, 1, 1)).toMatchObject({ applied: 0, trainingIsStale: false });
  expect(await sync(id)).toEqual({ rated: 1, written: 0, removed: 0 });
});

it('still calls the training rows stale when a delivery died before it could say so', async () => {
  const id = await aStoredBatch();
  await rate(id, 1, 1);
  expect(await rate(id, 1, 1)).toMatchObject({ applied: 0, trainingIsStale: true });
});

it.each([
  ['right before wrong', [1, 0]],
  ['wrong before right', [0, 1]],
  ['right before withdrawn', [1, null]],
  ['withdrawn before wrong', [null, 0]],
] as const)('lets the newer rating count, whichever comes first: %s', async (_what, [older, newer]) => {
  for (const order of [
    [older, newer],
    [newer, older],
  ]) {
    const id = await aStoredBatch();
    for (const rating of order) await rate(id, rating, rating === newer ? 2 : 1);
    expect(await ratingsOf(id)).toEqual([newer, null]);
  }
});

it('settles ratings of one instant alike in every order, down to who gave them', async () => {
  const given = [
    [0, 'Eve'],
    [null, 'Ada'],
    [1, 'Ada'],
    [1, 'Bob'],
  ] as const;
  for (const order of [given, given.toReversed(), [given[3], given[0], given[2], given[1]]]) {
    const id = await aStoredBatch();
    for (const [rating, reviewer] of order) await rate(id, rating, 1, { reviewer });
    const [note] = await test.db.batches.notes(id);
    expect(note).toMatchObject({ rating: 1, reviewer: 'Bob' });
  }
});

it('takes a rating back, and its training row with it', async () => {
  const id = await aStoredBatch();
  await rate(id, 1, 1);
  await sync(id);
  expect(await rate(id, null, 2)).toMatchObject({ applied: 1, trainingIsStale: true });
  expect(await sync(id)).toEqual({ rated: 0, written: 0, removed: 1 });
  expect(await trainingOf(id)).toEqual([]);
  // The older rating comes once more, late.
  expect(await rate(id, 1, 1)).toMatchObject({ applied: 0, trainingIsStale: false });
  expect(await ratingsOf(id)).toEqual([null, null]);
});

it('moves the time of a training row along when somebody says the same again, and starts nothing', async () => {
  const id = await aStoredBatch();
  await rate(id, 1, 1, { reviewer: 'Ada' });
  await sync(id);
  expect(await rate(id, 1, 5, { reviewer: 'Bob' })).toMatchObject({ applied: 1, trainingIsStale: false });
  expect(await trainingOf(id)).toEqual([{ class: 1, reviewer: 'Bob', created: textAt(5) }]);
});

it('flips the training row when somebody says the opposite', async () => {
  const id = await aStoredBatch();
  await rate(id, 1, 1);
  await sync(id);
  expect(await rate(id, 0, 2)).toMatchObject({ trainingIsStale: true });
  expect(await sync(id)).toEqual({ rated: 1, written: 1, removed: 0 });
  expect(await trainingOf(id)).toMatchObject([{ class: 0 }]);
});

it('says that a batch has not come yet', async () => {
  const { batch_id } = aFeedback();
  expect(await rate(batch_id, 1, 1)).toMatchObject({ batchKnown: false, applied: 0 });
});

it('names the subjects that a batch does not have, and rates the others', async () => {
  const id = await aStoredBatch();
  const outcome = await rate(id, 1, 1, { subjects: ['x', 'b', 'y'], ratings: [1, 1, 0] });
  expect(outcome).toMatchObject({ batchKnown: true, applied: 1 });
  expect(outcome.unknownSubjects.toSorted()).toEqual(['x', 'y']);
  expect(await ratingsOf(id)).toEqual([null, 1]);
});

it('rates every note of a name', async () => {
  const prediction = aPrediction({ subjects: ['a', 'b', 'a'] });
  await test.db.predictions.store({ prediction, created: at(0) });
  const given = { subjects: ['a', 'a'], ratings: [0, 0] } as const;
  expect(
    await rate(prediction.batch_id, 0, 1, { subjects: [...given.subjects], ratings: [...given.ratings] }),
  ).toMatchObject({
    applied: 2,
  });
  expect(await ratingsOf(prediction.batch_id)).toEqual([0, null, 0]);
});

it.each([
  ['withdrawn', 1, null],
  ['flipped', 0, 1],
] as const)('calls rows stale that were written while a rating was %s', async (_what, before, after) => {
  const id = await aStoredBatch();
  await rate(id, 1, 1);
  if (before === 0) {
    await sync(id);
    await rate(id, 0, 2);
  }
  const writer = await test.pool.connect();
  try {
    // Another delivery writes the training rows, and has not committed when the new rating arrives.
    await writer.query('begin');
    await writer.query('select from predictions where batch_id = $1 for update', [id]);
    await writer.query('delete from training where batch_id = $1', [id]);
    await writer.query(
      `insert into training (batch_id, position, variance, skewness, curtosis, entropy, class)
       select batch_id, position, variance, skewness, curtosis, entropy, $2 from predictions
       where batch_id = $1 and position = 0`,
      [id, before],
    );
    const outcome = rate(id, after, 3);
    await until('the rating waits', async () => {
      const { rows } = await test.pool.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      return rows.length > 0;
    });
    await writer.query('commit');
    expect(await outcome).toMatchObject({ applied: 1, trainingIsStale: true });
  } finally {
    writer.release();
  }
  await sync(id);
  expect(await trainingOf(id)).toMatchObject(after === null ? [] : [{ class: 1 }]);
});

it('applies many ratings of one batch at once without a deadlock', async () => {
  const subjects = Array.from({ length: 40 }, (_, i) => `note ${i}`);
  const prediction = aPrediction({ subjects });
  const { batch_id } = prediction;
  await test.db.predictions.store({ prediction, created: at(0) });
  await Promise.all(
    Array.from({ length: 20 }, async (_, second) => {
      const order = second % 2 === 0 ? subjects : subjects.toReversed();
      await test.db.ratings.apply(
        { batch_id, subjects: order, ratings: order.map(() => (second === 19 ? 0 : 1)) },
        at(second),
      );
      await test.db.training.sync(batch_id, order);
    }),
  );
  await test.db.training.sync(batch_id, subjects);
  expect(new Set(await ratingsOf(batch_id))).toEqual(new Set([0]));
  expect(await trainingOf(batch_id)).toHaveLength(40);
});

it('lets nobody take back what another said whose name was checked', async () => {
  const id = await aStoredBatch();
  const [mira, theo] = [
    { reviewer: 'mira', verified: true },
    { reviewer: 'theo', verified: true },
  ];
  await rate(id, 0, 1, mira);
  expect(await rate(id, null, 2, theo)).toMatchObject({ applied: 0 });
  expect(await rate(id, null, 3, { reviewer: 'mira' })).toMatchObject({ applied: 0 });
  expect(await ratingsOf(id)).toEqual([0, null]);
  expect(await rate(id, null, 4, mira)).toMatchObject({ applied: 1 });
  expect(await ratingsOf(id)).toEqual([null, null]);
});
