import fc from 'fast-check';
import { explainAnswer } from './shapley.ts';

/** Two classes; class 1 by any function of a row. */
function modelOf(score: (row: Float64Array) => number, width: number) {
  return {
    probabilities: (rows: Float64Array) =>
      Float64Array.from({ length: (2 * rows.length) / width }, (_, i) => {
        const at = Math.floor(i / 2) * width;
        const one = score(rows.subarray(at, at + width));
        return i % 2 === 1 ? one : 1 - one;
      }),
  };
}

const logistic = (sum: number): number => 1 / (1 + Math.exp(-sum));

/** A table of some width, a row of it and a background, and weights of a model with an interaction. */
const questions = fc.integer({ min: 1, max: 14 }).chain(width => {
  const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
    minLength: width,
    maxLength: width,
  });
  return fc.record({
    row: numbers.map(values => Float64Array.from(values)),
    background: fc.array(numbers, { minLength: 1, maxLength: 6 }).map(rows => Float64Array.from(rows.flat())),
    weights: numbers,
  });
});

it('adds up to the answer, with few columns and with many', () => {
  fc.assert(
    fc.property(questions, ({ row, background, weights }) => {
      const score = (values: Float64Array) =>
        logistic(
          values.reduce(
            (sum, value, i) => sum + value * (weights[i] ?? 0),
            (values[0] ?? 0) * (values.at(-1) ?? 0),
          ),
        );
      const model = modelOf(score, row.length);
      const { base, contributions } = explainAnswer(model, { row, background, label: 1, classCount: 2 });
      const sum = contributions.reduce((total, one) => total + one, base);
      expect(Math.abs(sum - score(row))).toBeLessThan(1e-14);
    }),
  );
});

it.each([4, 10, 11, 30])('gives each of %d columns its own part where they add up on their own', width => {
  const score = (values: Float64Array) =>
    0.5 + values.reduce((sum, value, i) => sum + (value * (i + 1)) / 1e4, 0);
  const row = Float64Array.from({ length: width }, (_, i) => (i % 2 === 0 ? 1 : Number.NaN));
  const known = (values: Float64Array) => score(values.map(value => (Number.isNaN(value) ? 0 : value)));
  const background = new Float64Array(width * 3);
  const { base, contributions } = explainAnswer(modelOf(known, width), {
    row,
    background,
    label: 1,
    classCount: 2,
  });
  expect(base).toBeCloseTo(0.5, 12);
  contributions.forEach((one, i) => {
    expect(one).toBeCloseTo(i % 2 === 0 ? (i + 1) / 1e4 : 0, 12);
  });
});

it('shares what only two columns bring together between them, and says the same each time', () => {
  for (const width of [2, 12]) {
    const both = modelOf(values => (values[0] === 1 && values[1] === 1 ? 1 : 0), width);
    const question = {
      row: new Float64Array(width).fill(1),
      background: new Float64Array(width),
      label: 1,
      classCount: 2,
    };
    const { base, contributions } = explainAnswer(both, question);
    expect(base).toBe(0);
    expect(contributions).toEqual([0.5, 0.5, ...new Array<number>(width - 2).fill(0)]);
    expect(explainAnswer(both, question)).toEqual({ base, contributions });
  }
});
