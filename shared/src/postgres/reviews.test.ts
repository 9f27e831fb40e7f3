import { aFeedback, aPrediction } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { leaseAnswer, reviewAnswer } from '../contract/answers.ts';

const subjects = Array.from({ length: 40 }, (_, i) => `note ${i}`);
const score = (i: number): number => i / 40;
const batch = aPrediction({
  subjects,
  input: subjects.map((_, i) => [i, i, i, i]),
  output: subjects.map((_, i) => (score(i) >= 0.5 ? 'real' : 'fake')),
  scores: subjects.map((_, i) => score(i)),
});

let test: TestDatabase;
beforeEach(async () => {
  test = await openTestDatabase({ seeded: false });
  await test.db.predictions.store({ prediction: batch, created: new Date() });
});
afterEach(() => test.close());

const wish = { order: 'newest', count: 10, keep: [], seconds: 60 } as const;
const namesOf = (notes: readonly { readonly subject: string }[]) => notes.map(({ subject }) => subject);

it('shows no two people the same item, however many ask at the same moment', async () => {
  const leases = await Promise.all(
    ['ann', 'bob', 'cyd', 'dan'].map(holder => test.db.reviews.lease({ ...wish, holder })),
  );
  const all = leases.flatMap(namesOf);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(40);
  expect(await test.db.reviews.lease({ ...wish, holder: 'eve' })).toEqual([]);
});

it('gives further ones to whoever has some already, and never the same again', async () => {
  const first = await test.db.reviews.lease({ ...wish, holder: 'ann' });
  const second = await test.db.reviews.lease({ ...wish, holder: 'ann', keep: first });
  expect(namesOf(first)).toEqual(subjects.slice(0, 10));
  expect(namesOf(second)).toEqual(subjects.slice(10, 20));
});

it('takes nothing by naming what it had, if it did not', async () => {
  await test.db.reviews.lease({ ...wish, holder: 'bob', count: 5 });
  const named = subjects.map(subject => ({ batch_id: batch.batch_id, subject }));
  const unknown = [{ batch_id: '00000000-0000-4000-8000-000000000000', subject: 'of nobody' }];
  await test.db.reviews.lease({ ...wish, holder: 'ann', count: 0, keep: [...named, ...unknown] });
  expect(await test.db.reviews.lease({ ...wish, holder: 'cyd', count: 40 })).toHaveLength(35);
});

it('leaves items for others, however many windows somebody opens', async () => {
  const many = Array.from({ length: 600 }, (_, i) => `more ${i}`);
  const input = many.map((_, i) => [i, i, i, i]);
  const prediction = aPrediction({
    subjects: many,
    input,
    output: many.map(() => 'real'),
    scores: many.map(() => 1),
  });
  await test.db.predictions.store({ prediction, created: new Date() });
  const open = (window: number, principal: string) =>
    test.db.reviews.lease({ ...wish, holder: `window ${window}`, principal, count: 200 });
  const taken = [];
  for (let window = 0; window < 5; window += 1) taken.push(...(await open(window, 'ann@bank.example')));
  expect(taken).toHaveLength(500);
  expect(await open(0, 'bob@bank.example')).toHaveLength(140);
});

it('lets others have what was handed back, or held for too long', async () => {
  const ann = await test.db.reviews.lease({ ...wish, holder: 'ann', count: 40, seconds: 0 });
  expect(ann).toHaveLength(40);
  const bob = await test.db.reviews.lease({ ...wish, holder: 'bob', count: 40 });
  expect(bob).toHaveLength(40);
  await test.db.reviews.handBack({ holder: 'ann' }, bob);
  expect(await test.db.reviews.lease({ ...wish, holder: 'ann' })).toEqual([]);
  await test.db.reviews.handBack({ holder: 'bob' }, bob.slice(0, 5));
  expect(namesOf(await test.db.reviews.lease({ ...wish, holder: 'ann' }))).toEqual(namesOf(bob.slice(0, 5)));
});

it('asks first about what the model doubts, and about different things', async () => {
  const notes = await test.db.reviews.notes('valuable', 5);
  expect(reviewAnswer(banknotes).parse({ notes })).toEqual({ notes });
  expect(notes).toHaveLength(5);
  expect(Math.abs((notes[0]?.score ?? 0) - 0.5)).toBeLessThan(0.2);
  const [first, second] = notes.map(({ variance }) => Number(variance));
  expect(Math.abs((first ?? 0) - (second ?? 0))).toBeGreaterThan(1);
});

it('says how far the review has come', async () => {
  const { batch_id } = batch;
  const rated = subjects.slice(0, 3);
  const began = new Date(Date.now() - 60_000);
  const feedback = aFeedback({ batch_id, subjects: rated, ratings: [1, 1, 0], reviewer: 'ann' });
  await test.db.ratings.apply(feedback, new Date());
  const progress = (reviewer: string) => test.db.reviews.progress('newest', began, reviewer);
  expect(await progress('ann')).toEqual({ left: 37, today: 3, yours: 3 });
  expect(await progress('bob')).toEqual({ left: 37, today: 3, yours: 0 });
  expect(await test.db.reviews.progress('look-again', began, 'bob')).toMatchObject({ left: 0 });
  const ends = new Date().toISOString();
  expect(() => leaseAnswer(banknotes).parse({ notes: [], ends, left: 37, today: 3, yours: 0 })).not.toThrow();
});
