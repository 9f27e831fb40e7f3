import type { Column } from './table.ts';

// Which items are worth asking a person about: those of which a model is in doubt, which many others are like, and
// which are not like one that has been chosen already. (Density-weighted uncertainty: Settles and Craven, 2008.)

/** An item is held against so many others to see how many are like it. */
const mostReferences = 64;

export interface Candidates {
  readonly columns: readonly Column[];
  /** Row after row. */
  readonly values: Float64Array;
}

/** The rows in the order in which to ask about them, so many at most. `doubts` says of each how unsure a model is, 0 to 1. */
export function rankByWorth(table: Candidates, doubts: Float64Array, most: number): number[] {
  const count = doubts.length;
  if (count === 0) return [];
  const likeness = likenessIn(table, count);
  const worth = doubts.map((doubt, row) => Math.max(doubt, leastDoubt) * densityOf(row, count, likeness));
  const chosen: number[] = [];
  const taken = new Uint8Array(count);
  while (chosen.length < Math.min(most, count)) {
    const best = bestOf(worth, taken);
    taken[best] = 1;
    chosen.push(best);
    // What a person says of the one says the more about another, the more alike they are.
    for (let row = 0; row < count; row += 1) worth[row] = (worth[row] ?? 0) * (1 - likeness(row, best));
  }
  return chosen;
}

/** Where a model has no doubt at all, the order still counts. */
const leastDoubt = 1e-6;

function bestOf(worth: Float64Array, taken: Uint8Array): number {
  let best = -1;
  for (let row = 0; row < worth.length; row += 1) {
    if (taken[row] === 1) continue;
    if (best < 0 || (worth[row] ?? 0) > (worth[best] ?? 0)) best = row;
  }
  return best;
}

/** The square of the distance of two numbers of a column is twice the column's spread, on average. */
const usual = 2;

type Likeness = (one: number, other: number) => number;

function densityOf(row: number, count: number, likeness: Likeness): number {
  const step = Math.max(1, Math.floor(count / mostReferences));
  let [sum, held] = [0, 0];
  for (let other = 0; other < count; other += step) {
    sum += likeness(row, other);
    held += 1;
  }
  return sum / held;
}

/** From 1 for the same item down to 0; a usual distance makes it 1/e. */
function likenessIn({ columns, values }: Candidates, count: number): Likeness {
  const width = columns.length;
  const spreads = columns.map((column, at) =>
    column.kind === 'number' ? spreadOf(values, at, width, count) : 0,
  );
  const distance = (one: number, other: number): number => {
    let sum = 0;
    for (let at = 0; at < width; at += 1) {
      const [a, b] = [values[one * width + at] ?? Number.NaN, values[other * width + at] ?? Number.NaN];
      sum += columns[at]?.kind === 'number' ? apart(a, b, spreads[at] ?? 0) : Object.is(a, b) ? 0 : usual;
    }
    return sum / width;
  };
  return (one, other) => Math.exp(-distance(one, other) / usual);
}

/** A value that is missing is like another that is missing, and as far from any other as two usually are. */
function apart(a: number, b: number, spread: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : 2;
  return spread > 0 ? (a - b) ** 2 / spread : 0;
}

/** The mean square of the distance from the mean. */
function spreadOf(values: Float64Array, at: number, width: number, count: number): number {
  let [known, mean, squares] = [0, 0, 0];
  for (let row = 0; row < count; row += 1) {
    const value = values[row * width + at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known += 1;
    const away = value - mean;
    mean += away / known;
    squares += away * (value - mean);
  }
  return known > 1 ? squares / known : 0;
}
