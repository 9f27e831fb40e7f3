import { type Random, seededRandom, shuffle } from './random.ts';
import type { LabelledTable } from './table.ts';

/** Which rows are held out together. */
export interface Folds {
  readonly count: number;
  /** The fold of each row. */
  readonly of: Uint8Array;
}

/** Leaves out none. */
export const noFold = -1;

/** Deals the rows of each class evenly onto the folds. */
export function stratifiedFolds(table: LabelledTable, count: number, seed: number): Folds {
  const of = new Uint8Array(table.count);
  const dealt = new Uint32Array(table.classCount).map((_, index) => index);
  const order = shuffle(
    new Uint32Array(table.count).map((_, row) => row),
    seededRandom(seed),
  );
  for (const row of order) {
    const label = table.classes[row] ?? 0;
    of[row] = (dealt[label] ?? 0) % count;
    dealt[label] = (dealt[label] ?? 0) + 1;
  }
  return { count, of };
}

/**
 * The rows that are not in a fold, in their order; where they are more than `most`, as many of them drawn at random, so
 * that small classes keep all of their rows up to a hundred each.
 */
export function rowsOutside(table: LabelledTable, folds: Folds, fold: number, most: number, random: Random) {
  const rows = new Uint32Array(table.count);
  let found = 0;
  for (let row = 0; row < table.count; row += 1) if (folds.of[row] !== fold) rows[found++] = row;
  const outside = rows.subarray(0, found);
  if (found <= most) return outside;
  const taken = new Uint32Array(table.classCount);
  const drawn = shuffle(outside, random).filter((row, place) => {
    const label = table.classes[row] ?? 0;
    taken[label] = (taken[label] ?? 0) + 1;
    return place < most || (taken[label] ?? 0) <= 100;
  });
  return drawn.sort();
}

export function rowsInside(folds: Folds, fold: number): Uint32Array {
  const rows = new Uint32Array(folds.of.length);
  let found = 0;
  for (let row = 0; row < folds.of.length; row += 1) if (folds.of[row] === fold) rows[found++] = row;
  return rows.subarray(0, found);
}
