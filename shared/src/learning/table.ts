/** What a column holds. A missing value is NaN in every kind. */
export type Column = { readonly kind: 'number' } | { readonly kind: 'category'; readonly size: number };

export interface Table {
  readonly columns: readonly Column[];
  /** Row after row. A category's value is its index; `size` itself stands for one that was never seen. */
  readonly values: Float64Array;
  readonly count: number;
}

export interface LabelledTable extends Table {
  readonly classes: Uint8Array;
  readonly classCount: number;
  /** How much each row counts; all the same where left out. */
  readonly weights?: Float64Array;
}

/** The rows with the given numbers, in that order. */
export function pickRows(table: LabelledTable, rows: ArrayLike<number>): LabelledTable {
  const { columns, values, classes, classCount, weights } = table;
  const width = columns.length;
  const picked = new Float64Array(rows.length * width);
  for (let place = 0; place < rows.length; place += 1) {
    const start = (rows[place] ?? 0) * width;
    picked.set(values.subarray(start, start + width), place * width);
  }
  const numbers = Array.from(rows);
  return {
    columns,
    classCount,
    values: picked,
    count: rows.length,
    classes: Uint8Array.from(numbers, row => classes[row] ?? 0),
    ...(weights && { weights: Float64Array.from(numbers, row => weights[row] ?? 1) }),
  };
}

export function weightOf(table: LabelledTable, row: number): number {
  return table.weights === undefined ? 1 : (table.weights[row] ?? 1);
}

/** The share of each class, by weight, never quite zero. */
export function classShares(table: LabelledTable): Float64Array {
  const shares = new Float64Array(table.classCount).fill(1 / table.classCount);
  let sum = 1;
  for (let row = 0; row < table.count; row += 1) {
    const weight = weightOf(table, row);
    shares[table.classes[row] ?? 0] = (shares[table.classes[row] ?? 0] ?? 0) + weight;
    sum += weight;
  }
  return shares.map(share => share / sum);
}
