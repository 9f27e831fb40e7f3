import fc from 'fast-check';
import { arbitraryDataSet, arbitraryRow } from './arbitrary.testing.ts';
import { neverSeen } from './declaration.ts';
import { parseDeclaration } from './declaration-file.ts';
import {
  columnsOf,
  countOutOfRange,
  decodeRow,
  encodeRow,
  encodeRows,
  explainRow,
  isRow,
  namedFromRow,
  outOfRange,
  rowFromNamed,
} from './row.ts';

const flowers = parseDeclaration(
  `name: flowers
item: flower
features:
  - { name: Petal length, kind: number, min: 1, max: 7, strict: yes }
  - { name: petals, kind: number, integer: yes, max: 30 }
  - { name: colour, kind: category, categories: [blue, red] }
  - { name: place, kind: category, categories: [wood, field], unknown: accept }
  - { name: wild, kind: yes-no, missing: yes }
label: { name: species, classes: [setosa, virginica] }
file: flowers.csv
`,
  'flowers.yaml',
);
const good = [2.5, 5, 'blue', 'field', true];
const changed = (place: number, value: unknown) => good.with(place, value as never);

it('takes rows that fit', () => {
  expect(isRow(flowers, good)).toBe(true);
  expect(isRow(flowers, changed(4, null))).toBe(true);
  expect(isRow(flowers, changed(3, 'moor'))).toBe(true);
  expect(explainRow(flowers, good)).toBeUndefined();
});

it.each([
  [0, 8, 'Petal length is 8: it must be from 1 to 7.'],
  [0, null, 'Petal length is missing: it needs a number.'],
  [0, '2.5', 'Petal length is "2.5": it needs a number.'],
  [0, Number.NaN, 'Petal length is null: it needs a number.'],
  [0, Number.POSITIVE_INFINITY, 'Petal length is null: it needs a number.'],
  [1, 2.5, 'petals is 2.5, which is no whole number.'],
  [2, 'bleu', 'colour is "bleu", which is none of its categories. Did you mean "blue"?'],
  [2, 'green', 'colour is "green", which is none of its categories. It is one of blue, red.'],
  [3, '', 'place is "": it needs 1 to 200 characters.'],
  [3, 'a\u0000', 'place is "a\u0000": it needs 1 to 200 characters.'],
  [3, '\ud800', 'place is "\ud800": it needs 1 to 200 characters.'],
  [4, 1, 'wild is 1: it needs true or false, or null where it is missing.'],
])('refuses value %i when it is %j, by the name of its feature', (place, value, message) => {
  const row = changed(place, value);
  expect(isRow(flowers, row)).toBe(false);
  expect(explainRow(flowers, row)).toEqual({ feature: place, message });
});

it.each([['no list'], [[1, 2]], [{}], [null]])('refuses %j as a whole', value => {
  expect(isRow(flowers, value)).toBe(false);
  expect(explainRow(flowers, value)).toMatchObject({ feature: -1 });
});

it('takes values beyond the range where it is not strict, and can tell', () => {
  expect(isRow(flowers, changed(1, 31))).toBe(true);
  expect(outOfRange(flowers, [2.5, 31, 'blue', 'field', true])).toEqual([
    { feature: 1, message: 'petals is 31: at most 30 is expected.' },
  ]);
  expect(countOutOfRange(flowers, [changed(1, 31), changed(1, 30), changed(1, 99)])).toBe(2);
});

it('reads rows by name or column, and names what is no feature', () => {
  const named = { 'Petal length': 2.5, petals: 5, colour: 'blue', place: 'field' };
  expect(rowFromNamed(flowers, named)).toEqual({ row: [2.5, 5, 'blue', 'field', null] });
  expect(rowFromNamed(flowers, { ...named, wild: undefined, petal_length: 3 })).toEqual({
    row: [3, 5, 'blue', 'field', null],
  });
  expect(rowFromNamed(flowers, { ...named, color: 'red' }).problem?.message).toBe(
    '"color" is no feature. Did you mean "colour"?',
  );
  expect(rowFromNamed(flowers, { petals: 5 }).problem?.message).toBe(
    'Petal length is missing: it needs a number.',
  );
});

it('turns rows into numbers for learners', () => {
  const rows = [good, [1, -0, 'red', 'moor', null]];
  expect([...encodeRows(flowers, rows as never)]).toEqual([2.5, 5, 0, 1, 1, 1, 0, 1, 2, Number.NaN]);
  expect(columnsOf(flowers)).toEqual([
    { kind: 'number' },
    { kind: 'number' },
    { kind: 'category', size: 2 },
    { kind: 'category', size: 2 },
    { kind: 'number' },
  ]);
  expect(decodeRow(flowers, [1, 0, 1, 2, Number.NaN])).toEqual([1, 0, 'red', neverSeen, null]);
});

it('takes any row of any data set, by place and by name, and gives it back', () => {
  const both = arbitraryDataSet().chain(dataSet => fc.tuple(fc.constant(dataSet), arbitraryRow(dataSet)));
  fc.assert(
    fc.property(both, ([dataSet, row]) => {
      expect(isRow(dataSet, row)).toBe(true);
      expect(explainRow(dataSet, row)).toBeUndefined();
      expect(rowFromNamed(dataSet, namedFromRow(dataSet, row))).toEqual({ row });
      const known = row.map((value, i) => {
        const feature = dataSet.features[i];
        return feature?.kind === 'category' &&
          typeof value === 'string' &&
          !feature.categories.includes(value)
          ? neverSeen
          : value;
      });
      expect(decodeRow(dataSet, encodeRow(dataSet, row))).toEqual(known);
    }),
  );
});
