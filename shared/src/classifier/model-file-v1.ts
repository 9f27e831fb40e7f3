import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { backendNames } from '../learning/backend.ts';
import type { Encoder } from '../learning/inputs.ts';
import type { Model } from '../learning/model.ts';
import type { Layer } from '../learning/network.ts';
import { InvalidModelError } from './model-error.ts';

// Model files of version 1, as deployments have them that began with it: one perceptron for numbers and two classes.

/** There was no other data set then, so files do not name it. */
const onlyDataSet = 'banknotes';

const row = z.array(z.number()).min(1).max(500);
const share = z.number().min(0).max(1);
const count = z.int().min(0);

export const earlierModelFile = z.strictObject({
  format: z.literal('banknote-loop/model'),
  version: z.literal(1),
  created: z.iso.datetime(),
  fingerprint: z.string().min(1).max(200),
  seed: z.int(),
  backend: z.enum(backendNames),
  metrics: z.strictObject({
    trainingRows: count,
    holdOutRows: count,
    accuracy: share,
    logLoss: z.number().min(0),
  }),
  probes: z
    .array(z.strictObject({ features: row, score: share }))
    .min(1)
    .max(32),
  topology: z.strictObject({
    inputs: z.int().min(1),
    layers: z
      .array(z.strictObject({ units: z.int().min(1).max(64), activation: z.enum(['relu', 'sigmoid']) }))
      .min(1)
      .max(4),
  }),
  scaling: z.strictObject({ mean: row, deviation: z.array(z.number().positive()) }),
  /** Layer after layer weights, then biases, as float32, little-endian, in base64. */
  weights: z.base64(),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});
export type EarlierModelFile = z.output<typeof earlierModelFile>;

/** The same model as files of today have it: it answers every row as it did. */
export function upgradeModel(file: EarlierModelFile) {
  const { created, fingerprint, seed, backend, metrics, topology } = file;
  return {
    created,
    fingerprint,
    seed,
    backend,
    metrics,
    data_set: { name: onlyDataSet },
    probes: file.probes.map(({ features, score }) => ({ row: features, probabilities: [1 - score, score] })),
    model: {
      columns: Array.from({ length: topology.inputs }, () => ({ kind: 'number' as const })),
      classCount: 2,
      members: [
        {
          kind: 'networks' as const,
          networks: {
            inputs: { encoders: encodersOf(file), width: topology.inputs },
            members: [layersOf(file)],
          },
        },
      ],
      // What the network says, and nothing else.
      blend: { weights: [1], shifts: [0, 0], doubt: 0 },
    } satisfies Model,
  };
}

function encodersOf({ scaling: { mean, deviation }, topology: { inputs } }: EarlierModelFile): Encoder[] {
  if (mean.length !== inputs || deviation.length !== inputs) {
    throw new InvalidModelError(
      'shape',
      `The model takes ${inputs} features, but its scaling has not as many.`,
    );
  }
  return mean.map((centre, i) => ({ kind: 'plain', centre, scale: deviation[i] ?? 1 }));
}

const bytesPerNumber = 4;
/** A weight of a trained network is a few units at most. This keeps the arithmetic of an answer finite for any input. */
const weightLimit = 1e6;

/** Cuts the numbers into the layers of the topology, which must use them up exactly. */
function layersOf({ topology, weights }: EarlierModelFile): Layer[] {
  const last = topology.layers.length - 1;
  const sizes = topology.layers.map(({ units, activation }, index) => {
    if (activation !== (index === last ? 'sigmoid' : 'relu') || (index === last && units !== 1)) {
      throw new InvalidModelError(
        'shape',
        'The last layer of the model, and only that, must be one sigmoid.',
      );
    }
    return { units, inputs: topology.layers[index - 1]?.units ?? topology.inputs };
  });
  const bytes = Buffer.from(weights, 'base64');
  const needed = sizes.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units * bytesPerNumber, 0);
  if (bytes.length !== needed) {
    throw new InvalidModelError(
      'shape',
      `The weights of the model have ${bytes.length} bytes, but its topology takes ${needed}.`,
    );
  }
  let offset = 0;
  const take = (length: number) =>
    Float32Array.from({ length }, () => {
      offset += bytesPerNumber;
      return soundWeight(bytes.readFloatLE(offset - bytesPerNumber));
    });
  return sizes.map(({ inputs, units }) => ({
    units,
    weights: byUnit(take(inputs * units), inputs, units),
    biases: take(units),
  }));
}

function soundWeight(weight: number): number {
  if (Math.abs(weight) <= weightLimit) return weight;
  throw new InvalidModelError(
    'schema',
    'The model has weights that are not finite, or far too large to be sound.',
  );
}

/** They were written for each input in turn; now those of one unit lie side by side. */
function byUnit(weights: Float32Array, inputs: number, units: number): Float32Array {
  return weights.map((_, place) => weights[(place % inputs) * units + Math.floor(place / inputs)] ?? 0);
}
