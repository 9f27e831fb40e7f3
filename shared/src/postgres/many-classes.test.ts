import { randomUUID } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { findDataSet } from '../data-set/files.ts';
import type { Feedback } from './ratings.ts';

const { dataSet, csv } = findDataSet('iris');
let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ dataSet });
});
afterAll(() => test.close());

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** The id of a stored batch of one flower, called setosa unless something else is said. */
async function aStoredBatch(output = 'setosa', batch_id: string = randomUUID(), second = 0): Promise<string> {
  const prediction = {
    batch_id,
    subjects: ['a'],
    input: [[5.1, 3.5, 1.4, 0.2]],
    output: [output],
    probabilities: [[0.6, 0.3, 0.1]],
  };
  await test.db.predictions.store({ prediction, created: at(second) });
  return batch_id;
}

function rate(
  batch_id: string,
  rating: 0 | 1 | null,
  label: string | null,
  second: number,
  over: Partial<Feedback> = {},
) {
  const feedback = { batch_id, subjects: ['a'], ratings: [rating], labels: [label], ...over };
  return test.db.ratings.apply(feedback, at(second));
}

async function learned(batchId: string): Promise<unknown[]> {
  await test.db.training.sync(batchId, ['a']);
  const { rows } = await test.pool.query('select class from training where batch_id = $1', [batchId]);
  return rows.map(row => row.class);
}

it.each([
  ['right', 1, null, [0]],
  ['wrong, and which it is', 0, 'virginica', [2]],
  ['wrong, and no more', 0, null, []],
] as const)('learns from a rating what it says: %s', async (_what, rating, label, classes) => {
  const id = await aStoredBatch();
  await rate(id, rating, label, 1);
  expect(await learned(id)).toEqual(classes);
  const [note] = await test.db.batches.notes(id);
  expect(note).toMatchObject({ rating, true_label: label, probabilities: [0.6, 0.3, 0.1] });
  expect(note).not.toHaveProperty('score');
  const [receipt] = await test.db.ratings.receipt(id);
  expect(receipt).toMatchObject({
    rating,
    label,
    features: [5.1, 3.5, 1.4, 0.2],
    training_class: classes[0] ?? null,
  });
});

it('asks for no training where "wrong" teaches nothing, and does where it takes something back', async () => {
  const id = await aStoredBatch();
  expect(await rate(id, 0, null, 1)).toMatchObject({ applied: 1, trainingIsStale: false });
  expect(await rate(id, 0, 'virginica', 2)).toMatchObject({ applied: 1, trainingIsStale: true });
  expect(await learned(id)).toEqual([2]);
  expect(await rate(id, 0, 'virginica', 3)).toMatchObject({ applied: 1, trainingIsStale: false });
  expect(await rate(id, 0, 'versicolor', 4)).toMatchObject({ trainingIsStale: true });
  expect(await learned(id)).toEqual([1]);
  expect(await rate(id, 0, null, 5)).toMatchObject({ trainingIsStale: true });
  expect(await learned(id)).toEqual([]);
});

it.each([
  [
    'a label after another',
    [
      [0, 'virginica'],
      [0, 'versicolor'],
    ],
    [1],
  ],
  [
    'a label after "right"',
    [
      [1, null],
      [0, 'virginica'],
    ],
    [2],
  ],
  [
    '"right" after a label',
    [
      [0, 'virginica'],
      [1, null],
    ],
    [0],
  ],
  [
    'withdrawn after a label',
    [
      [0, 'virginica'],
      [null, null],
    ],
    [],
  ],
] as const)('lets the newer word count, whichever comes first: %s', async (_what, words, classes) => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const id = await aStoredBatch();
    for (const place of order) {
      const [rating, label] = words[place] ?? [null, null];
      await rate(id, rating, label, place + 1);
    }
    expect(await learned(id)).toEqual(classes);
  }
});

it('settles labels of one instant alike in every order', async () => {
  for (const order of [
    ['virginica', 'versicolor'],
    ['versicolor', 'virginica'],
  ]) {
    const id = await aStoredBatch();
    for (const label of order) await rate(id, 0, label, 1);
    expect(await learned(id)).toEqual([2]);
  }
});

it.each([
  ['right, of another class', 1, null, 'virginica', { rating: 0, true_label: 'setosa' }],
  ['named, and so it is', 0, 'virginica', 'virginica', { rating: 1, true_label: 'virginica' }],
  ['wrong, which says nothing of a third', 0, null, 'virginica', { rating: null, true_label: null }],
] as const)(
  'lets the word of a person stand when an earlier prediction comes late: %s',
  async (_what, rating, label, earlier, expected) => {
    const id = await aStoredBatch('setosa', randomUUID(), 5);
    await rate(id, rating, label, 6);
    await aStoredBatch(earlier, id, 1);
    expect(await test.db.batches.notes(id)).toMatchObject([{ prediction: earlier, ...expected }]);
  },
);

it('refuses a class that there is not', async () => {
  const id = await aStoredBatch();
  await expect(rate(id, 0, 'rose', 1)).rejects.toMatchObject({ code: '23514' });
});

it('shows first what a model was least certain of', async () => {
  const one = await openTestDatabase({ dataSet });
  try {
    const prediction = {
      batch_id: randomUUID(),
      subjects: ['sure', 'unsure'],
      input: [
        [1, 1, 1, 1],
        [2, 2, 2, 2],
      ],
      output: ['setosa', 'setosa'],
      probabilities: [
        [0.9, 0.1, 0],
        [0.4, 0.3, 0.3],
      ],
    };
    await one.db.predictions.store({ prediction, created: at(0) });
    expect(await one.db.reviews.notes('uncertain', 2)).toMatchObject([
      { subject: 'unsure' },
      { subject: 'sure' },
    ]);
  } finally {
    await one.close();
  }
});

it('compares the classes, too, between what was learned and what is answered', async () => {
  const seeded = await openTestDatabase({ dataSet, csv });
  try {
    const prediction = {
      batch_id: randomUUID(),
      subjects: ['a', 'b'],
      input: [
        [5.1, 3.5, 1.4, 0.2],
        [4.9, 3, 1.4, 0.2],
      ],
      output: ['setosa', 'virginica'],
    };
    await seeded.db.predictions.store({ prediction, created: at(0) });
    const drift = await seeded.db.quality.drift(100);
    expect(drift.map(({ name }) => name)).toEqual([
      'petal length',
      'petal width',
      'sepal length',
      'sepal width',
      'species',
    ]);
    expect(drift.at(-1)).toEqual({
      name: 'species',
      lower: [null, null, null],
      upper: [null, null, null],
      values: ['setosa', 'versicolor', 'virginica'],
      learned: [50, 50, 50],
      answered: [1, 0, 1],
    });
  } finally {
    await seeded.close();
  }
});
