import type { TrainingSet } from './training-set.ts';

/** What brings each feature to mean 0 and deviation 1. */
export interface Scaling {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export const activations = ['relu', 'sigmoid'] as const;
export type Activation = (typeof activations)[number];

/** One fully connected layer; `weights` holds, for each input in turn, its weight to every unit. */
export interface Layer {
  readonly units: number;
  readonly activation: Activation;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** All that an answer depends on. The last layer has one unit: the probability of class 1. */
export interface Network {
  readonly scaling: Scaling;
  readonly layers: readonly Layer[];
}

/**
 * A weight of a trained network is a few units at most. Holding every weight below this limit is what keeps the
 * arithmetic of a prediction finite for any input.
 */
const weightLimit = 1e6;

export function hasSoundWeights({ layers }: Network): boolean {
  return layers.every(({ weights, biases }) => weights.every(isSound) && biases.every(isSound));
}

function isSound(weight: number): boolean {
  return Math.abs(weight) <= weightLimit;
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
