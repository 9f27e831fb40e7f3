import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { encodeRow, exampleRow } from '../data-set/row.ts';
import { compareModels } from './compare.ts';

/** Answers by the first value alone: class 1 from `from` on, and as sure as it says. */
function threshold(from: number, sure = 0.9) {
  return {
    probabilities: (rows: Float64Array) =>
      Float64Array.from({ length: rows.length / 2 }, (_, i) => {
        const row = i >> 1;
        const isOne = (rows[row * 4] ?? 0) >= from;
        return isOne === (i % 2 === 1) ? sure : 1 - sure;
      }),
  };
}

/** Rows of four values, of which the first goes from 0 to 99. */
const hundred = Float64Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? i / 4 : 0));

it('finds exactly the items that two models call differently, and says who is right', () => {
  const truth = Array.from({ length: 100 }, (_, row) => (row >= 45 ? 1 : 0));
  const found = compareModels(banknotes, [threshold(40), threshold(45)], { values: hundred, truth });
  expect(found.rows.map(({ row }) => row)).toEqual([40, 41, 42, 43, 44]);
  expect(found.first).toMatchObject({ correct: 95 });
  expect(found.second).toMatchObject({ correct: 100, interval: { high: 1 } });
  expect(found.segments).toContainEqual(
    expect.objectContaining({ name: 'class fake', rows: 45, differ: 5, only_first: 0, only_second: 5 }),
  );
});

it('puts those first on which both are surest', () => {
  const sures = [0.6, 0.9, 0.7];
  const one = { probabilities: () => Float64Array.from(sures.flatMap(sure => [sure, 1 - sure])) };
  const other = { probabilities: () => Float64Array.from(sures.flatMap(sure => [1 - sure, sure])) };
  const values = new Float64Array(12);
  const { rows, known } = compareModels(banknotes, [one, other], { values, truth: [null, null, 1] });
  expect(rows.map(({ row }) => row)).toEqual([1, 2, 0]);
  expect(rows[0]).toEqual({
    row: 1,
    first: { number: 0, probability: 0.9 },
    second: { number: 1, probability: 0.9 },
  });
  expect(known).toBe(1);
});

it('finds nothing between a model and itself, on any table, also where nobody knows what anything is', () => {
  const values = encodeRow(penguins, exampleRow(penguins));
  const sure = { probabilities: () => Float64Array.of(0.2, 0.5, 0.3) };
  fc.assert(
    fc.property(fc.constantFrom(null, 0, 1, 2), label => {
      const found = compareModels(penguins, [sure, sure], { values, truth: [label] });
      expect(found.rows).toEqual([]);
      expect(found.segments).toEqual([]);
      expect(found.first).toEqual(found.second);
    }),
  );
});
