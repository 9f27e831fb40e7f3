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

/**
 * What answers rows with logarithms of probabilities: plain arithmetic on buffers allocated once. Rows are answered two by
 * two, so that each weight is read once for both.
 */
export function compileNetworks({ inputs, members }: Networks): (values: Float64Array) => Float64Array {
  const outputs = Math.max(2, members[0]?.at(-1)?.units ?? 0);
  const encoded: Pair = [new Float64Array(inputs.width), new Float64Array(inputs.width)];
  const answers = members.map(compile);
  return values => {
    const count = values.length / inputs.encoders.length;
    const scores = new Float64Array(count * outputs);
    for (let row = 0; row < count; row += 2) {
      encodeRow(inputs, values, row, encoded[0], 0);
      if (row + 1 < count) encodeRow(inputs, values, row + 1, encoded[1], 0);
      for (const answer of answers) {
        const [first, second] = answer(encoded);
        addScores(first, scores, row * outputs, outputs, members.length);
        if (row + 1 < count) addScores(second, scores, (row + 1) * outputs, outputs, members.length);
      }
    }
    return logSoftmaxRows(scores, outputs);
  };
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

/** What two rows are between two layers. */
type Pair = readonly [Float64Array, Float64Array];

/** A layer as it answers: in doubles, which the processor adds and multiplies without changing them first. */
interface Stage {
  readonly inputs: number;
  readonly units: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly ramps: boolean;
  readonly outputs: Pair;
}

function compile(layers: readonly Layer[]): (input: Pair) => Pair {
  const stages = layers.map(
    ({ units, weights, biases }, index): Stage => ({
      inputs: weights.length / units,
      units,
      weights: Float64Array.from(weights),
      biases: Float64Array.from(biases),
      ramps: index < layers.length - 1,
      outputs: [new Float64Array(units), new Float64Array(units)],
    }),
  );
  return input => {
    let from = input;
    for (const stage of stages) {
      respond(stage, from[0], from[1], stage.outputs[0], stage.outputs[1]);
      from = stage.outputs;
    }
    return from;
  };
}

/** Four units at a time: what they read of the rows is read once, too. */
function respond(
  { inputs, units, weights, biases, ramps }: Stage,
  fromX: Float64Array,
  fromY: Float64Array,
  toX: Float64Array,
  toY: Float64Array,
): void {
  let unit = 0;
  for (; unit + 3 < units; unit += 4) {
    let a = unit * inputs;
    let b = a + inputs;
    let c = b + inputs;
    let d = c + inputs;
    let xa = 0;
    let xb = 0;
    let xc = 0;
    let xd = 0;
    let ya = 0;
    let yb = 0;
    let yc = 0;
    let yd = 0;
    for (let i = 0; i < inputs; i += 1) {
      const x = fromX[i] ?? 0;
      const y = fromY[i] ?? 0;
      const wa = weights[a++] ?? 0;
      const wb = weights[b++] ?? 0;
      const wc = weights[c++] ?? 0;
      const wd = weights[d++] ?? 0;
      xa += x * wa;
      ya += y * wa;
      xb += x * wb;
      yb += y * wb;
      xc += x * wc;
      yc += y * wc;
      xd += x * wd;
      yd += y * wd;
    }
    toX[unit] = xa;
    toX[unit + 1] = xb;
    toX[unit + 2] = xc;
    toX[unit + 3] = xd;
    toY[unit] = ya;
    toY[unit + 1] = yb;
    toY[unit + 2] = yc;
    toY[unit + 3] = yd;
  }
  for (; unit < units; unit += 1) {
    let x = 0;
    let y = 0;
    for (let i = 0; i < inputs; i += 1) {
      const weight = weights[unit * inputs + i] ?? 0;
      x += (fromX[i] ?? 0) * weight;
      y += (fromY[i] ?? 0) * weight;
    }
    toX[unit] = x;
    toY[unit] = y;
  }
  for (let i = 0; i < units; i += 1) {
    const bias = biases[i] ?? 0;
    const x = (toX[i] ?? 0) + bias;
    const y = (toY[i] ?? 0) + bias;
    toX[i] = ramps ? Math.max(0, x) : x;
    toY[i] = ramps ? Math.max(0, y) : y;
  }
}
