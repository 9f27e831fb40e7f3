import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import fc from 'fast-check';

import type { TrainingData } from './training-data.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

/** Reads the set of exactly these notes, which the bank calls real. */
async function setOf(notes: readonly (readonly number[])[]): Promise<TrainingData> {
  await test.pool.query('delete from training');
  await test.pool.query(
    `insert into training (variance, skewness, curtosis, entropy, class)
     select *, 1 from unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[])`,
    [0, 1, 2, 3].map(feature => notes.map(note => note[feature])),
  );
  return test.db.training.dataSet({ reviewerShare: 1, batchShare: 1, minimumRows: 1 });
}

const value = fc.oneof(fc.constantFrom(0, -0, 1, -1), fc.double({ noNaN: true, noDefaultInfinity: true }));
const notes = fc.array(fc.tuple(value, value, value, value), { minLength: 1, maxLength: 40 });

it('tells notes apart to the last bit of every number', async () => {
  await fc.assert(
    fc.asyncProperty(notes, async all => {
      await setOf(all);
      const { rows } = await test.pool.query('select count(distinct note_hash)::int as notes from training');
      // Adding 0 turns -0 into 0, as the way to the database does.
      const different = new Set(all.map(note => note.map(number => number + 0).join()));
      expect(rows).toEqual([{ notes: different.size }]);
    }),
    { numRuns: 30 },
  );
});

it('takes -0 for 0, also where a program writes it into the table', async () => {
  await setOf([
    [-0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
  const { rows } = await test.pool.query('select count(distinct note_hash)::int as notes from training');
  expect(rows).toEqual([{ notes: 1 }]);
});

it('reads every number of the hold-out back as it was given', async () => {
  await fc.assert(
    fc.asyncProperty(notes, async all => {
      const { holdout } = await setOf(all);
      const given = new Set(all.map(note => note.map(number => number + 0).join()));
      for (let row = 0; row < holdout.count; row += 1) {
        expect(given).toContain(holdout.features.subarray(row * 4, row * 4 + 4).join());
      }
    }),
    { numRuns: 30 },
  );
});

it('takes a table without rows for a set without rows', async () => {
  const { training, holdout } = await setOf([]);
  expect([training.count, holdout.count]).toEqual([0, 0]);
});
