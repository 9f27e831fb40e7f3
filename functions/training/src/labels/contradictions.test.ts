import { bankData, trainingSet } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { findContradictions } from './contradictions.ts';

const contradictionsIn = findContradictions(banknotes, bankData());
const genuine = [3.6216, 8.6661, -2.8073, -0.44699];

it('finds labels that say something else of a note than the bank says of one that is all but the same', () => {
  const beside = genuine.map(value => value + 0.001);
  expect(
    contradictionsIn(
      trainingSet([
        [...genuine, 1],
        [...beside, 1],
        [...genuine, 0],
        [...beside, 0],
      ]),
    ),
  ).toEqual([true, true, false, false]);
});

it('has nothing to say of notes that lie apart', () => {
  const apart = genuine.map(value => value + 0.5);
  expect(
    contradictionsIn(
      trainingSet([
        [...apart, 1],
        [...apart, 0],
      ]),
    ),
  ).toEqual([false, false]);
});
