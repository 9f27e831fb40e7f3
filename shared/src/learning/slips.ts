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

/** Quantiles of so many rows are as good as those of all. */
const sampleRows = 10_000;

function slipsOf({ columns, values, count }: LabelledTable, column: number): number[] {
  const width = columns.length;
  const stride = Math.max(1, Math.floor(count / sampleRows));
  const sample = new Float64Array(Math.floor(count / stride)).map(
    (_, place) => values[place * stride * width + column] ?? Number.NaN,
  );
  const sorted = sample.filter(value => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const middle = at(0.5);
  const limit = furthest * Math.max(at(0.99) - middle, middle - at(0.01));
  const slips: number[] = [];
  if (!(limit > 0)) return slips;
  for (let row = 0; row < count; row += 1) {
    // Halved first, so that the largest numbers do not overflow.
    const half = (values[row * width + column] ?? Number.NaN) / 2;
    if (Math.abs(half - middle / 2) > limit / 2) slips.push(row);
  }
  return slips;
}
