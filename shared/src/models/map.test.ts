import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { encodeRows, exampleRow } from '../data-set/row.ts';
import { planeOfAll, planeOfFeatures } from './plane.ts';
import { regionsOf } from './regions.ts';

/** Notes on a line: the first two values go together, the others do not matter. */
const line = encodeRows(
  banknotes,
  Array.from({ length: 60 }, (_, i) => [i, 2 * i, Math.sin(i), Math.cos(i)]),
);

/** Says class 1 of rows whose first value exceeds a limit. */
const over = (limit: number) => ({
  probabilities: (rows: Float64Array) =>
    Float64Array.from({ length: rows.length / 2 }, (_, i) =>
      (rows[(i >> 1) * 4] ?? 0) > limit === (i % 2 === 1) ? 1 : 0,
    ),
});

it('lays items out by two features as they are, and shows where the model changes its mind', async () => {
  const plane = planeOfFeatures(banknotes, [0, 3], line);
  const places = plane.places(line);
  expect([places[2 * 7], places[2 * 7 + 1]]).toEqual([7, Math.cos(7)]);
  const { columns, rows, classes } = await regionsOf(over(30), plane, { values: line, places }, 2);
  for (let field = 0; field < columns * rows; field += 1) {
    const x = plane.x.low + (((field % columns) + 0.5) / columns) * (plane.x.high - plane.x.low);
    expect(classes[field]).toBe(x > 30 ? 1 : 0);
  }
});

it('finds the direction in which items differ most, and moves them along it', () => {
  const plane = planeOfAll(banknotes, line);
  const places = plane.places(line);
  const along = Array.from({ length: 60 }, (_, i) => places[2 * i] ?? 0);
  expect(along).toEqual(along.toSorted((a, b) => a - b));
  const row = line.slice(0, 4);
  const from = [places[0] ?? 0, places[1] ?? 0] as const;
  plane.move(row, from, [from[0] + 1, from[1] - 1]);
  const [x = 0, y = 0] = plane.places(row);
  expect(x - from[0]).toBeCloseTo(1, 6);
  expect(y - from[1]).toBeCloseTo(-1, 6);
});

it('has a place for every item of any table, missing values and categories of nobody included', () => {
  const width = penguins.features.length;
  const value = fc.constantFrom(0, 1, 2, 40, Number.NaN);
  const rows = fc.array(fc.array(value, { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(rows, fc.nat(width - 1), fc.nat(width - 1), (some, x, y) => {
      const values = Float64Array.from([...some.flat(), ...encodeRows(penguins, [exampleRow(penguins)])]);
      for (const plane of [planeOfFeatures(penguins, [x, y], values), planeOfAll(penguins, values)]) {
        expect(plane.x.high).toBeGreaterThan(plane.x.low);
        expect(plane.y.high).toBeGreaterThan(plane.y.low);
        expect(plane.places(values).every(Number.isFinite)).toBe(true);
      }
    }),
  );
});
