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

  it('takes nothing from a column that is far-flung by nature', () => {
    const table = mixedTable(300, 1);
    const values = table.values.map((value, i) => (i % 6 === 1 ? Math.exp(3 * value) : value));
    expect(withoutSlips({ ...table, values })).toEqual({ ...table, values });
  });
});
