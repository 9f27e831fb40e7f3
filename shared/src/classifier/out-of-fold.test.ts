import fc from 'fast-check';
import { answerUnseen, decodeOutOfFold, encodeOutOfFold, hashRows, outOfFoldName } from './out-of-fold.ts';

const classNames = ['a', 'b', 'c'];

function rowsOf(values: readonly (readonly number[])[]) {
  return {
    features: Float64Array.from(values.flat()),
    columns: 2,
    classes: new Uint8Array(values.length),
    classNames,
    count: values.length,
  };
}

const learned = rowsOf([
  [1, 2],
  [3, Number.NaN],
  [0, 5],
]);
const scores = Float64Array.from([0.7, 0.2, 0.1, 0.1, 0.1, 0.8, 1e-12, 1 - 2e-12, 1e-12]);
const file = encodeOutOfFold(learned, scores, 'best.json');

it('gives rows that were learned from the answers on file, and all others its own', () => {
  const outOfFold = decodeOutOfFold(file);
  if (!outOfFold) throw new Error('The file could not be read.');
  expect(outOfFold).toMatchObject({ best: 'best.json', classCount: 3 });
  const asked: number[][] = [];
  const probabilities = (rows: Float64Array) => {
    asked.push([...rows]);
    return new Float64Array((rows.length / 2) * 3).fill(1 / 3);
  };
  const rows = rowsOf([
    [9, 9],
    [-0, 5],
    [3, Number.NaN],
    [2, 1],
  ]);
  const said = [...answerUnseen(probabilities, outOfFold, rows)];
  expect(asked).toEqual([[9, 9, 2, 1]]);
  const expected = [
    ...Array(3).fill(1 / 3),
    ...scores.subarray(6),
    ...scores.subarray(3, 6),
    ...Array(3).fill(1 / 3),
  ];
  said.forEach((probability, place) => {
    expect(probability).toBeCloseTo(expected[place] ?? Number.NaN, 6);
  });
  // How unlikely an unlikely class is matters for log loss, so it survives.
  expect((said[3] ?? 0) / 1e-12).toBeCloseTo(1, 4);
});

it.each(['', 'no JSON', '{}', file.replace('"version":1', '"version":2'), file.slice(0, -9)])(
  'makes nothing of a damaged file: %#',
  text => {
    expect(decodeOutOfFold(text)).toBeUndefined();
  },
);

it('has a name beside the model that no model has', () => {
  expect(outOfFoldName('model-1.json')).toBe('model-1.out-of-fold.json');
});

it('tells rows apart by any bit of any value', () => {
  const row = fc.array(fc.double(), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(row, row, (one, other) => {
      const [a, b] = hashRows(rowsOf([one, other]));
      const isSame = one.every((value, i) => Object.is(value + 0, (other[i] ?? 0) + 0));
      expect(a === b).toBe(isSame);
      expect(Number.isSafeInteger(a)).toBe(true);
    }),
  );
  const grid = Array.from({ length: 300 * 300 }, (_, i) => [Math.floor(i / 300) / 100, (i % 300) / 100]);
  expect(new Set(hashRows(rowsOf(grid))).size).toBe(grid.length);
});
