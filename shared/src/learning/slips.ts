import { type LabelledTable, weightOf } from './table.ts';

/** So many times as far from the median as all but a hundredth of the values lies no value of any sane column. */
const furthest = 1_000;
/** A slip is rare; what is as frequent as this belongs to the column. */
const mostShare = 0.002;

/**
 * The table in which rows with a value that can only be a slip, such as a price of 1e300, count nothing. They keep their
 * place, so that whatever is drawn by the number of a row is drawn as without the slip.
 */
export function withoutSlips(table: LabelledTable): LabelledTable {
  const slips = new Set<number>();
  table.columns.forEach(({ kind }, column) => {
    if (kind !== 'number') return;
    const found = slipsOf(table, column);
    if (found.length <= Math.max(1, mostShare * table.count)) for (const row of found) slips.add(row);
  });
  if (slips.size === 0) return table;
  const weights = Float64Array.from({ length: table.count }, (_, row) =>
    slips.has(row) ? 0 : weightOf(table, row),
  );
  return { ...table, weights };
}

function slipsOf({ columns, values, count }: LabelledTable, column: number): number[] {
  const own = new Float64Array(count).map((_, row) => values[row * columns.length + column] ?? Number.NaN);
  const sorted = own.filter(value => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const limit = furthest * Math.max(at(0.99) - at(0.5), at(0.5) - at(0.01));
  if (!(limit > 0)) return [];
  return [...own.keys()].filter(row => Math.abs((own[row] ?? 0) / 2 - at(0.5) / 2) > limit / 2);
}
