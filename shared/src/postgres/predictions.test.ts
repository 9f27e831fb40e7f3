import { aPrediction } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

const early = new Date('2026-01-01T00:00:00Z');
const late = new Date('2026-01-01T00:00:01Z');

/** Of each note its name, its answer, the model that gave it, and when. */
async function stored(batchId: string): Promise<unknown[][]> {
  const notes = await test.db.batches.notes(batchId);
  return notes.map(({ subject, prediction, model_file_name, created }) => [
    subject,
    prediction,
    model_file_name,
    new Date(created),
  ]);
}

it('stores a batch once, however often it comes and however many bring it at once', async () => {
  const batch = { prediction: aPrediction(), created: early };
  await Promise.all([1, 2, 3].map(() => test.db.predictions.store(batch)));
  await test.db.predictions.store(batch);
  expect(await stored(batch.prediction.batch_id)).toEqual([
    ['a', 'real', 'model-1.json', early],
    ['b', 'fake', 'model-1.json', early],
  ]);
});

it('keeps how unlike each item was, and where the answer was "don\'t know"', async () => {
  const prediction = aPrediction({ unlike: [0.25, 1], abstained: [false, true] });
  await test.db.predictions.store({ prediction, created: early });
  expect(await test.db.batches.notes(prediction.batch_id)).toMatchObject([
    { unlike: 0.25, abstained: false },
    { unlike: 1, abstained: true },
  ]);
  const before = aPrediction();
  await test.db.predictions.store({ prediction: before, created: early });
  expect(await test.db.batches.notes(before.batch_id)).toMatchObject([
    { unlike: null, abstained: null },
    { unlike: null, abstained: null },
  ]);
});

it('keeps the order of a batch, and notes of one name apart', async () => {
  const prediction = aPrediction({ subjects: ['z', 'a', 'z'] });
  await test.db.predictions.store({ prediction, created: early });
  expect((await stored(prediction.batch_id)).map(([subject]) => subject)).toEqual(['z', 'a', 'z']);
});

it.each([
  ['in this order', [early, late]],
  ['the other way round', [late, early]],
])('lets the earlier of two predictions count, %s', async (_order, times) => {
  const prediction = aPrediction({ subjects: ['a'] });
  for (const created of times) {
    const model_file_name = created === early ? 'early.json' : 'late.json';
    await test.db.predictions.store({ prediction: { ...prediction, model_file_name }, created });
  }
  expect(await stored(prediction.batch_id)).toEqual([['a', 'real', 'early.json', early]]);
});

it('lets the earlier of two predictions count that come at one moment', async () => {
  const prediction = aPrediction({ subjects: ['a'] });
  await Promise.all([late, early, late].map(created => test.db.predictions.store({ prediction, created })));
  expect(await stored(prediction.batch_id)).toEqual([['a', 'real', 'model-1.json', early]]);
});

it.each([
  ['the same label', 'real', false],
  ['the other label', 'fake', true],
] as const)(
  'lets the word of a person stand when an earlier prediction gives %s',
  async (_what, label, isCorrect) => {
    const prediction = aPrediction({ subjects: ['a'] });
    const { batch_id } = prediction;
    await test.db.predictions.store({ prediction, created: late });
    await test.db.ratings.apply({ batch_id, subjects: ['a'], ratings: [0] }, late);
    const other = { ...prediction, output: [label], model_file_name: 'early.json' };
    await test.db.predictions.store({ prediction: other, created: early });
    expect(await stored(batch_id)).toEqual([['a', label, 'early.json', early]]);
    const { rows } = await test.pool.query('select is_correct from predictions where batch_id = $1', [
      batch_id,
    ]);
    expect(rows).toEqual([{ is_correct: isCorrect }]);
  },
);

it('does not let a batch that cannot be stored fail its neighbours', async () => {
  const bad = aPrediction({ subjects: ['a\u0000'] });
  const good = [aPrediction(), aPrediction(), aPrediction()];
  const all = [good[0], bad, ...good.slice(1)].flatMap(prediction => prediction ?? []);
  const outcomes = await Promise.allSettled(
    all.map(prediction => test.db.predictions.store({ prediction, created: early })),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: expect.stringMatching(/^22/) } });
  for (const { batch_id } of good) expect(await stored(batch_id)).toHaveLength(2);
});

it('stores a batch of ten thousand notes, and many at once', async () => {
  const subjects = Array.from({ length: 10_000 }, (_, i) => `note ${i}`);
  const large = aPrediction({ subjects });
  const small = Array.from({ length: 200 }, () => aPrediction());
  await Promise.all(
    [large, ...small].map(prediction => test.db.predictions.store({ prediction, created: early })),
  );
  expect(await stored(large.batch_id)).toHaveLength(10_000);
  const { rows } = await test.pool.query(
    'select count(*)::int as batches from predictions where position = 1 and batch_id = any ($1)',
    [small.map(({ batch_id }) => batch_id)],
  );
  expect(rows).toEqual([{ batches: 200 }]);
});

it('gives back numbers to the last bit, whatever their size', async () => {
  const input = [[0.1 + 0.2, -5e-324, 1.7976931348623157e308, -0]] satisfies [
    number,
    number,
    number,
    number,
  ][];
  const prediction = aPrediction({ subjects: ['a'], input });
  await test.db.predictions.store({ prediction, created: early });
  const [note] = await test.db.batches.notes(prediction.batch_id);
  expect(note).toMatchObject({
    variance: 0.1 + 0.2,
    skewness: -5e-324,
    curtosis: 1.7976931348623157e308,
    entropy: -0,
  });
});
