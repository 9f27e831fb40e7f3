import fc from 'fast-check';
import { rankByWorth } from './worth.ts';

const number = { kind: 'number' } as const;

it('asks about doubts first, and about one of each crowd before a second of any', () => {
  // Two crowds of doubtful rows that are all alike, a lone doubtful one, and a row that is certain.
  const values = Float64Array.of(0, 0, 0, 0, 10, 10, 10, 100, 5);
  const doubts = Float64Array.of(0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.01);
  const order = rankByWorth({ columns: [number], values }, doubts, 9);
  expect(values[order[0] ?? -1]).toBe(0);
  expect(new Set(order.slice(0, 3).map(row => values[row])).size).toBeGreaterThan(1);
  expect(order.indexOf(8)).toBeGreaterThan(2);
});

it('takes categories for alike or not, and a missing value for what other missing ones are like', () => {
  const values = Float64Array.of(0, Number.NaN, 0, Number.NaN, 2, 1);
  const columns = [{ kind: 'category', size: 3 } as const, number];
  const order = rankByWorth({ columns, values }, Float64Array.of(1, 1, 1), 2);
  expect(order[0]).toBe(0);
  expect(order[1]).toBe(2);
});

it('answers each row once at most, whatever the rows are', () => {
  const value = fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constant(Number.NaN));
  const rows = fc.array(fc.tuple(value, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 40 }), (rows, most) => {
      const values = Float64Array.from(rows, ([value]) => value);
      const doubts = Float64Array.from(rows, ([, doubt]) => doubt);
      const order = rankByWorth({ columns: [number], values }, doubts, most);
      expect(new Set(order).size).toBe(Math.min(most, rows.length));
      for (const row of order) expect(row).toBeLessThan(rows.length);
    }),
  );
});
