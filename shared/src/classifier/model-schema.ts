import { z } from 'zod';
import { backendNames } from './backend.ts';
import { activations } from './network.ts';

/** One number for each feature of a row. */
const row = z.array(z.number()).min(1).max(500);
const share = z.number().min(0).max(1);
const rowCount = z.int().min(0);

/** What is known of a model beside its network. */
export const modelFacts = z.strictObject({
  created: z.iso.datetime(),
  /** The hash of the rows that it was trained and judged on. */
  fingerprint: z.string().min(1).max(200),
  seed: z.int(),
  backend: z.enum(backendNames),
  /** How it did on the hold-out rows. */
  metrics: z.strictObject({
    trainingRows: rowCount,
    holdOutRows: rowCount,
    accuracy: share,
    logLoss: z.number().min(0),
  }),
  /** A few rows with the score that the model gave them: whoever loads it must get the same. */
  probes: z
    .array(z.strictObject({ features: row, score: share }))
    .min(1)
    .max(32),
});
export type ModelFacts = z.infer<typeof modelFacts>;

const layer = z.strictObject({ units: z.int().min(1).max(64), activation: z.enum(activations) });

/** Everything in the file but the checksum, which is computed over it. */
export const modelContent = modelFacts.extend({
  format: z.literal('banknote-loop/model'),
  version: z.literal(1),
  topology: z.strictObject({ inputs: z.int().min(1), layers: z.array(layer).min(1).max(4) }),
  scaling: z.strictObject({
    mean: row,
    deviation: z.array(z.number().positive()),
  }),
  /** Layer after layer weights, then biases, as float32, little-endian, in base64: exact, and half the size of text. */
  weights: z.base64(),
});
export type ModelContent = z.infer<typeof modelContent>;

export const modelFile = modelContent.extend({ checksum: z.string().regex(/^[0-9a-f]{64}$/) });
