import { type LabelledTable, weightOf } from './table.ts';

/** So many times as far from the median as all but a hundredth of the values lies no value of any sane column. */
const furthest = 1_000;
/** A slip is rare; what is as frequent as this belongs to the column. */
const mostShare = 0.002;

interface Slip {
  readonly row: number;
  readonly column: number;
  /** As far out as a value of the column may lie. */
  readonly held: number;
}

/**
 * The table in which rows with a value that can only be a slip, such as a price of 1e300, count nothing. They keep their
 * place, so that whatever is drawn by the number of a row is drawn as without the slip; and how absurd the value is makes no
 * difference to anything.
 */
export function withoutSlips(table: LabelledTable): LabelledTable {
  const slips = table.columns.flatMap(({ kind }, column) => {
    const found = kind === 'number' ? slipsOf(table, column) : [];
    return found.length <= Math.max(1, mostShare * table.count) ? found : [];
  });
  if (slips.length === 0) return table;
  const values = table.values.slice();
  const weights = Float64Array.from({ length: table.count }, (_, row) => weightOf(table, row));
  for (const { row, column, held } of slips) {
    values[row * table.columns.length + column] = held;
    weights[row] = 0;
  }
  return { ...table, values, weights };
}

/** Quantiles of so many rows are as good as those of all. */
const sampleRows = 10_000;

function slipsOf({ columns, values, count }: LabelledTable, column: number): Slip[] {
  const width = columns.length;
  const stride = Math.max(1, Math.floor(count / sampleRows));
  const sample = new Float64Array(Math.floor(count / stride)).map(
    (_, place) => values[place * stride * width + column] ?? Number.NaN,
  );
  const sorted = sample.filter(value => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const middle = at(0.5);
  const limit = furthest * Math.max(at(0.99) - middle, middle - at(0.01));
  const slips: Slip[] = [];
  if (!(limit > 0)) return slips;
  for (let row = 0; row < count; row += 1) {
    const value = values[row * width + column] ?? Number.NaN;
    // Halved first, so that the largest numbers do not overflow.
    const away = value / 2 - middle / 2;
    if (Math.abs(away) > limit / 2) slips.push({ row, column, held: middle + Math.sign(away) * limit });
  }
  return slips;
}
