import type { ReceiptRecord } from '@banknote-loop/shared/postgres';
import { banknotes, iris } from '@banknote-loop/testing/data-sets';
import { describeRating } from './receipt-words.ts';

const record: ReceiptRecord = {
  subject: 'a',
  position: 0,
  features: [1, 2, 3, 4],
  prediction: 'real',
  score: 0.9,
  probabilities: null,
  predicted_by: 'model-1.json',
  rating: 0,
  label: null,
  reviewer: 'ann',
  rated_at: '2026-01-01T00:00:00.000Z',
  training_class: 0,
  role: 'trains',
  set_aside: null,
  job_id: null,
  model_file_name: 'model-2.json',
  promoted: true,
  reason: 'Better than the champion.',
  live_at: null,
  live_by: null,
};

it('says that a rating is on its way, and that it waits for a training', () => {
  expect(describeRating(banknotes, { ...record, training_class: null, role: null }, null)).toBe(
    'The rating is on its way to the rows that models learn from.',
  );
  expect(describeRating(banknotes, { ...record, role: null }, null)).toBe(
    'The rating waits for the next training.',
  );
});

it('says which model learned it first, and when one that knows it answered', () => {
  expect(describeRating(banknotes, { ...record, live_by: 'model-3.json' }, 1.26)).toBe(
    'Models learn from it. The first was model-2.json, which was promoted. A model that knows it has answered 1.3 s after the rating for the first time (model-3.json).',
  );
  expect(describeRating(banknotes, record, null)).toMatch(
    /promoted\. It has not had anything to answer since\.$/,
  );
});

it('says why a model that learned it was refused, and that the lesson is not lost', () => {
  const words = describeRating(
    banknotes,
    { ...record, promoted: false, reason: 'Worse than the champion.' },
    null,
  );
  expect(words).toContain('refused: Worse than the champion. It is learned again by every model');
});

it.each([
  ['judges', 'judges the models instead of training them'],
  ['overruled', "the data set's label stands"],
  ['capped', 'the largest share'],
  ['surplus', 'as many real as fake notes'],
  ['superseded', 'A later label of the same note'],
] as const)('says what it means that a label %s', (role, words) => {
  expect(describeRating(banknotes, { ...record, role }, null)).toContain(words);
});

it('speaks of the items and classes of the data set', () => {
  const words = (role: 'judges' | 'surplus') =>
    [banknotes, iris].map(one => describeRating(one, { ...record, role }, null));
  expect(words('surplus')).toEqual([
    expect.stringContaining(
      'about as many real as fake notes, and at the moment there are more of its kind than of the other.',
    ),
    expect.stringContaining(
      'about as many flowers of each class, and at the moment there are more of its kind than of another.',
    ),
  ]);
  expect(words('judges')).toEqual([
    expect.stringMatching(/^One note in five .+ on notes that/),
    expect.stringMatching(/^One flower in five .+ on flowers that/),
  ]);
});
