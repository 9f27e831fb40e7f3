import fc from 'fast-check';
import { gaussian, seededRandom } from '../../learning/random.ts';
import { segmentsOf } from './regions.ts';

const random = seededRandom(3);
const count = 1_348;
const islands = ['Biscoe', 'Dream', 'Torgersen'];
const columns = [{ name: 'length' }, { name: 'island', categories: islands }, { name: 'depth' }];
const values = Float64Array.from({ length: count * 3 }, (_, place) => {
  if (place % 3 === 1) return Math.floor(random() ** 3 * 3);
  return random() < 0.05 ? Number.NaN : gaussian(random);
});
const truth = Uint8Array.from({ length: count }, (_, row) => row % 2);
const all = Uint32Array.from({ length: count }, (_, row) => row);
const given = { columns, values, classes: ['no', 'yes'], truth, rows: all };

it('divides all rows into regions of some size, each of which says where it is', () => {
  const regions = segmentsOf(given).filter(({ kind }) => kind === 'region');
  expect(regions).toHaveLength(16);
  expect(regions.flatMap(({ rows }) => Array.from(rows)).sort((a, b) => a - b)).toEqual([...all]);
  for (const { rows, name } of regions) {
    expect(rows.length).toBeGreaterThanOrEqual(50);
    expect(name).toMatch(/^(length|depth) (<|>=) [-.\d]+( and (length|depth) (<|>=) [-.\d]+)*$/);
  }
});

it('has a segment for each class and each category with enough rows', () => {
  const segments = segmentsOf(given).filter(({ kind }) => kind !== 'region');
  expect(segments.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['class no', count / 2],
    ['class yes', count / 2],
    ...islands.map((name, code) => [
      `island = ${name}`,
      all.filter(row => values[row * 3 + 1] === code).length,
    ]),
  ]);
});

it('makes the same segments of the same rows in any order', () => {
  const asSets = (order: Uint32Array) =>
    segmentsOf({ ...given, rows: order }).map(({ name, rows }) => [
      name,
      Array.from(rows).sort((a, b) => a - b),
    ]);
  const usual = asSets(all);
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), keys => {
      const drawn = [...keys.take(count)];
      expect(asSets(all.toSorted((a, b) => (drawn[a] ?? 0) - (drawn[b] ?? 0)))).toEqual(usual);
    }),
    { numRuns: 5 },
  );
});

it.each([
  ['no rows', { rows: new Uint32Array(0) }],
  ['few rows', { rows: all.subarray(0, 60) }],
  ['one value only', { values: new Float64Array(count * 3) }],
  ['missing values only', { values: new Float64Array(count * 3).fill(Number.NaN) }],
  ['infinite values', { values: values.map((value, place) => (place % 9 === 0 ? Infinity : value)) }],
])('gets by with %s', (_what, change) => {
  const segments = segmentsOf({ ...given, ...change });
  expect(segments.filter(({ kind }) => kind === 'class')).toHaveLength(2);
});
