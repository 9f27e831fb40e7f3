import { withoutSlips } from './slips.ts';
import { mixedTable } from './tables.testing.ts';

describe('withoutSlips', () => {
  it.each([1e6, -1e300, 1.7e308])('lets a row with the value %d count nothing', value => {
    const table = mixedTable(300, 1);
    const values = table.values.slice();
    values[6 * 20 + 1] = value;
    const { weights } = withoutSlips({ ...table, values });
    expect(weights?.[20]).toBe(0);
    expect(weights?.reduce((sum, weight) => sum + weight, 0)).toBe(299);
  });

  it('makes no difference between one absurd value and another', () => {
    const table = mixedTable(300, 1);
    const soiled = (value: number) => {
      const values = table.values.slice();
      values[6 * 20 + 1] = value;
      // Far from zero, so that what is far out on the one side need not be negative.
      return withoutSlips({ ...table, values: values.map((one, i) => (i % 6 === 1 ? one + 1e5 : one)) });
    };
    expect(soiled(1.7e308)).toEqual(soiled(1e6));
    const own = soiled(-9e4).values[6 * 20 + 1];
    expect(own).toBeLessThan(1e5 - 1_000);
    expect(own).toBeGreaterThan(1e4);
  });

  it('takes nothing from a column that is far-flung by nature', () => {
    const table = mixedTable(300, 1);
    const values = table.values.map((value, i) => (i % 6 === 1 ? Math.exp(3 * value) : value));
    expect(withoutSlips({ ...table, values })).toEqual({ ...table, values });
  });
});
