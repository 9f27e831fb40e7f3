import { penguins } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { arbitraryRow } from '../data-set/arbitrary.testing.ts';
import { encodeRow, exampleRow, isRow, type Row } from '../data-set/row.ts';
import { calledClass } from '../learning/metrics.ts';
import { findNearestChange } from './nearest-change.ts';

const width = penguins.features.length;
const names = penguins.label.classes.map(({ name }) => name);
const placeOf = (column: string) => penguins.features.findIndex(feature => feature.column === column);

/** Calls each row by a rule of its encoded values. */
function modelOf(classOf: (row: Float64Array) => number) {
  return {
    fileName: 'model.json',
    probabilities: (rows: Float64Array) =>
      Float64Array.from({ length: (rows.length / width) * names.length }, (_, i) => {
        const at = Math.floor(i / names.length) * width;
        return classOf(rows.subarray(at, at + width)) === i % names.length ? 1 : 0;
      }),
  };
}

function calledBy(model: ReturnType<typeof modelOf>, row: Row): string | undefined {
  return names[calledClass(model.probabilities(encodeRow(penguins, row)), 0, names.length)];
}

it('finds a change that does what it says, on any row', () => {
  const numbers = penguins.features.flatMap(({ kind }, place) => (kind === 'number' ? [place] : []));
  const model = modelOf(row => {
    const sum = numbers.reduce((total, place) => total + Math.round(row[place] || 0), row[0] || 0);
    return Math.abs(sum) % 3;
  });
  let found = 0;
  fc.assert(
    fc.property(arbitraryRow(penguins), row => {
      const change = findNearestChange(penguins, model, row);
      if (!change) return;
      found += 1;
      const changed = row.with(placeOf(change.column), change.value);
      expect(isRow(penguins, changed)).toBe(true);
      expect(change.label).not.toBe(calledBy(model, row));
      expect(calledBy(model, changed)).toBe(change.label);
    }),
  );
  expect(found).toBeGreaterThan(10);
});

it('names a category where only that turns the answer over, and nothing where nothing does', () => {
  const [place = 0] = penguins.features.flatMap(({ kind }, i) => (kind === 'category' ? [i] : []));
  const feature = penguins.features[place];
  const example = exampleRow(penguins);
  const now = encodeRow(penguins, example)[place];
  const change = findNearestChange(
    penguins,
    modelOf(row => (row[place] === now ? 0 : 2)),
    example,
  );
  expect(change).toMatchObject({ column: feature?.column, label: names[2] });
  expect(change?.value).not.toBe(example[place]);
  expect(
    findNearestChange(
      penguins,
      modelOf(() => 1),
      example,
    ),
  ).toBeUndefined();
});
