import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { type Column, type Random, seededRandom } from '@banknote-loop/shared/learning';

const fewest = 500;
/** Where almost nothing is empty, as in a box full of rows, fewer must do. */
const mostTries = 20_000;

/**
 * Rows like nothing that was learned from: drawn anywhere in a box twice as wide as the rows' own, and kept if they lie
 * further from every row than any held-out row does, in standard deviations. Found without the model, by comparing all.
 */
export function drawEmptyRows(
  seen: TrainingSet,
  heldOut: TrainingSet,
  columns: readonly Column[],
  seed: number,
): Float64Array {
  const space = columns.map((column, index) => measureColumn(seen, column, index));
  const furthest = Math.max(
    ...Array.from({ length: heldOut.count }, (_, row) =>
      distanceTo(seen, space, heldOut.features, row * seen.columns),
    ),
  );
  const random = seededRandom(seed);
  const kept: number[] = [];
  for (let tries = 0; tries < mostTries && kept.length < fewest * seen.columns; tries += 1) {
    const row = Float64Array.from(space, one => one.draw(random));
    if (distanceTo(seen, space, row, 0) > furthest) kept.push(...row);
  }
  return Float64Array.from(kept);
}

interface Measured {
  draw(random: Random): number;
  /** The square of how far two values are apart. */
  gap(a: number, b: number): number;
}

function measureColumn({ features, columns, count }: TrainingSet, column: Column, index: number): Measured {
  if (column.kind === 'category') {
    return { draw: random => Math.floor(random() * column.size), gap: (a, b) => (Object.is(a, b) ? 0 : 1) };
  }
  const values = Array.from({ length: count }, (_, row) => features[row * columns + index] ?? Number.NaN);
  const known = values.filter(value => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
  const low = known.reduce((least, value) => Math.min(least, value), Infinity);
  const high = known.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    draw: random => (low + high) / 2 + (high - low) * (2 * random() - 1),
    gap: (a, b) => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : 1;
      return ((a - b) / deviation) ** 2;
    },
  };
}

function distanceTo(
  { features, count }: TrainingSet,
  space: readonly Measured[],
  from: Float64Array,
  start: number,
): number {
  let best = Infinity;
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let i = 0; i < space.length && sum < best; i += 1) {
      sum +=
        space[i]?.gap(from[start + i] ?? Number.NaN, features[row * space.length + i] ?? Number.NaN) ?? 0;
    }
    best = Math.min(best, sum);
  }
  return best;
}
