import { encodeRow, type Inputs } from './inputs.ts';
import { logSoftmaxRows } from './softmax.ts';

/** One fully connected layer; `weights` holds, for each unit in turn, its weight from every input. */
export interface Layer {
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/**
 * Layers with a ramp (ReLU) between them; the last has one unit for each class, or a single one, the second class
 * against the first. A linear model is a network of one layer. Of several networks the mean of the raw scores counts.
 */
export interface Networks {
  readonly inputs: Inputs;
  readonly members: readonly (readonly Layer[])[];
}

export function scoreByNetworks({ inputs, members }: Networks, values: Float64Array): Float64Array {
  const count = values.length / inputs.encoders.length;
  const outputs = Math.max(2, members[0]?.at(-1)?.units ?? 0);
  const encoded = new Float64Array(inputs.width);
  const answers = members.map(compile);
  const scores = new Float64Array(count * outputs);
  for (let row = 0; row < count; row += 1) {
    encodeRow(inputs, values, row, encoded, 0);
    for (const answer of answers) addScores(answer(encoded), scores, row * outputs, outputs, members.length);
  }
  return logSoftmaxRows(scores, outputs);
}

export function addScores(
  from: Float64Array | Float32Array,
  to: Float64Array,
  start: number,
  outputs: number,
  share: number,
): void {
  const skip = outputs - from.length;
  for (let i = 0; i < from.length; i += 1) {
    to[start + skip + i] = (to[start + skip + i] ?? 0) + (from[i] ?? 0) / share;
  }
}

type Answer = (input: Float64Array) => Float64Array;

/** Plain arithmetic on buffers allocated once. */
function compile(layers: readonly Layer[]): Answer {
  const outputs = layers.map(({ units }) => new Float64Array(units));
  return input => {
    let from = input;
    layers.forEach((layer, index) => {
      const to = outputs[index] ?? from;
      respond(layer, from, to, index < layers.length - 1);
      from = to;
    });
    return from;
  };
}

function respond(
  { units, weights, biases }: Layer,
  from: Float64Array,
  to: Float64Array,
  ramp: boolean,
): void {
  let place = 0;
  for (let unit = 0; unit < units; unit += 1) {
    let sum = biases[unit] ?? 0;
    for (let i = 0; i < from.length; i += 1) sum += (from[i] ?? 0) * (weights[place++] ?? 0);
    to[unit] = ramp && sum < 0 ? 0 : sum;
  }
}
