import type { Scaling } from './scaling.ts';

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
