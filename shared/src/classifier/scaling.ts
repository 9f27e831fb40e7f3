import type { TrainingSet } from './training-set.ts';

/** What brings each feature to mean 0 and deviation 1. */
export interface Scaling {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * No row of a training set of n rows lies further than sqrt(n) deviations from the mean, so the limit never touches
 * what a network has learned from; it keeps absurd but finite inputs from overflowing into "not a number".
 */
const furthestDeviation = 1e6;

/** Mean and deviation of every feature in one pass (Welford's method, stable for means far from zero). */
export function measureScaling({ features, columns, count }: TrainingSet): Scaling {
  const mean = new Array<number>(columns).fill(0);
  const squares = new Array<number>(columns).fill(0);
  for (let row = 0; row < count; row += 1) {
    for (let feature = 0; feature < columns; feature += 1) {
      const value = features[row * columns + feature] ?? 0;
      const before = mean[feature] ?? 0;
      const after = before + (value - before) / (row + 1);
      mean[feature] = after;
      squares[feature] = (squares[feature] ?? 0) + (value - before) * (value - after);
    }
  }
  return { mean, deviation: squares.map(sum => deviationOf(sum, count)) };
}

/** A feature that never varies tells nothing; scale 1 leaves it at 0 instead of dividing by zero. */
function deviationOf(sumOfSquares: number, count: number): number {
  const deviation = Math.sqrt(sumOfSquares / count);
  return deviation === 0 ? 1 : deviation;
}

export function scaled(value: number, mean: number, deviation: number): number {
  return Math.min(Math.max((value - mean) / deviation, -furthestDeviation), furthestDeviation);
}
