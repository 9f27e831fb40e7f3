import type { Segment } from './input.ts';

/** A column, as regions and categories are cut by it and named after it. */
export interface SegmentColumn {
  readonly name: string;
  /** Of a category's column: its categories by their codes. */
  readonly categories?: readonly string[] | undefined;
}

export interface SegmentRows {
  readonly columns: readonly SegmentColumn[];
  /** Row after row; NaN where a value is missing. */
  readonly values: Float64Array;
  readonly classes: readonly string[];
  readonly truth: ArrayLike<number>;
  /** The rows to divide; others belong to no segment. */
  readonly rows: Uint32Array;
}

/** No region is smaller, and none is divided that would make such. */
const fewestRows = 50;
const deepest = 4;
/** Of the largest categories, so that those of a wide table do not water down what each can prove. */
const mostCategories = 32;

/**
 * All classes, the categories that have enough rows, and up to sixteen regions: the rows are divided in two by the median
 * of the column in which they are spread furthest, for their column, and each half again. The same rows in any order
 * make the same segments.
 */
export function segmentsOf(given: SegmentRows): Segment[] {
  const { classes, truth, rows } = given;
  const ofClasses = classes.map(
    (name, number): Segment => ({
      kind: 'class',
      name: `class ${name}`,
      rows: rows.filter(row => truth[row] === number),
    }),
  );
  const regions = divide(given, spreadsOf(given), rows, new Map(), deepest);
  return [...ofClasses, ...categoriesOf(given), ...(regions.length > 1 ? regions : [])];
}

function categoriesOf({ columns, values, rows }: SegmentRows): Segment[] {
  const width = columns.length;
  const found = columns.flatMap(({ name, categories = [] }, column) =>
    categories.map(
      (category, code): Segment => ({
        kind: 'category',
        name: `${name} = ${category}`,
        rows: rows.filter(row => values[row * width + column] === code),
      }),
    ),
  );
  return found
    .filter(({ rows: { length } }) => length >= fewestRows)
    .sort((a, b) => b.rows.length - a.rows.length)
    .slice(0, mostCategories);
}

/** Between which values the middle half of each column lies. A category is no place on a line. */
function spreadsOf(given: SegmentRows): readonly number[] {
  return given.columns.map(({ categories }, column) =>
    categories ? 0 : spreadOf(finiteValues(given, given.rows, column)),
  );
}

/** A later cut of the same column on the same side is the narrower one. */
type Bounds = ReadonlyMap<string, number>;

function divide(
  given: SegmentRows,
  spreads: readonly number[],
  rows: Uint32Array,
  bounds: Bounds,
  depth: number,
): Segment[] {
  const region: Segment = {
    kind: 'region',
    name: [...bounds].map(([side, at]) => `${side} ${at}`).join(' and '),
    rows,
  };
  if (depth === 0 || rows.length < 2 * fewestRows) return [region];
  const cut = findCut(given, spreads, rows);
  if (!cut) return [region];
  const width = given.columns.length;
  const isBelow = (row: number): boolean => (given.values[row * width + cut.column] ?? Number.NaN) < cut.at;
  const below = rows.filter(isBelow);
  const above = rows.filter(row => !isBelow(row));
  if (Math.min(below.length, above.length) < fewestRows) return [region];
  const name = given.columns[cut.column]?.name;
  const at = Number(cut.at.toPrecision(4));
  return [
    ...divide(given, spreads, below, new Map([...bounds, [`${name} <`, at]]), depth - 1),
    ...divide(given, spreads, above, new Map([...bounds, [`${name} >=`, at]]), depth - 1),
  ];
}

/** The column in which these rows are spread furthest, and its median there. */
function findCut(given: SegmentRows, spreads: readonly number[], rows: Uint32Array) {
  let best: { readonly column: number; readonly at: number } | undefined;
  let widest = 0;
  spreads.forEach((whole, column) => {
    if (!(whole > 0)) return;
    const values = finiteValues(given, rows, column);
    const spread = spreadOf(values) / whole;
    if (!(spread > widest)) return;
    widest = spread;
    best = { column, at: select(values, Math.floor(values.length / 2)) };
  });
  return best;
}

function finiteValues({ columns, values }: SegmentRows, rows: Uint32Array, column: number): Float64Array {
  const found = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = values[row * columns.length + column] ?? Number.NaN;
    if (Number.isFinite(value)) found[count++] = value;
  }
  return found.subarray(0, count);
}

function spreadOf(values: Float64Array): number {
  const at = (share: number): number => select(values, Math.floor((values.length - 1) * share));
  const middle = at(0.75) - at(0.25);
  return middle > 0 ? middle : at(0.95) - at(0.05);
}

/** The value that sorting would put in this place; the values change theirs. Sorting all for one takes several times as long. */
function select(values: Float64Array, place: number): number {
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = values[(first + last) >>> 1] ?? 0;
    let [left, right] = [first, last];
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left += 1;
      while ((values[right] ?? 0) > pivot) right -= 1;
      if (left > right) break;
      const value = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = value;
    }
    if (place <= right) last = right;
    else if (place >= left) first = left;
    else break;
  }
  return values[place] ?? 0;
}
