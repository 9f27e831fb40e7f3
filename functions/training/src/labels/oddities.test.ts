import { bankData, trainingSet } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { findOddities } from './oddities.ts';

const odditiesIn = findOddities(banknotes, bankData());

it.each([36_216, -1e6, 1e300, -1.7e308])('takes a variance of %d for a slip, and says why', variance => {
  expect(odditiesIn(trainingSet([[variance, 8.6661, -2.8073, -0.44699, 1]]))).toEqual([
    expect.stringMatching(/^Its variance is .+, and that of known notes lies between -7.0421 and 6.8248:/),
  ]);
});

it('finds nothing odd in any note of the bank, nor in one that is merely unlike them', () => {
  expect(odditiesIn(bankData()).filter(found => found !== null)).toEqual([]);
  expect(odditiesIn(trainingSet([[20, 20, 20, 5, 0]]))).toEqual([null]);
});

it('can tell nothing by a few rows', () => {
  const few = findOddities(banknotes, trainingSet([[1, 1, 1, 1, 0]]));
  expect(few(trainingSet([[1e300, 1, 1, 1, 0]]))).toEqual([null]);
});
