import { type Inputs, writeInputs } from './inputs.ts';
import { logSoftmaxRows } from './softmax.ts';

/**
 * One fully connected layer; `weights` holds, for each unit in turn, its weight from every input. In a radial one these are
 * the place of the unit: it says 1 there and less the further away a row is, falling the faster the further below zero its
 * bias lies: exp(bias × squared distance).
 */
export interface Layer {
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly radial?: boolean | undefined;
}

/**
 * Layers with a ramp (ReLU) between them, but for radial ones; the last has one unit for each class, or a single one, the second class
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
  const encoded = new Float64Array(inputs.width);
  const pair = new Float64Array(2 * inputs.width);
  const answers = members.map(compile);
  const encode = (values: Float64Array, row: number, side: number): void => {
    writeInputs(inputs, values, row, encoded, 0);
    for (let i = 0; i < encoded.length; i += 1) pair[2 * i + side] = encoded[i] ?? 0;
  };
  return values => {
    const count = values.length / inputs.encoders.length;
    const scores = new Float64Array(count * outputs);
    for (let row = 0; row < count; row += 2) {
      encode(values, row, 0);
      if (row + 1 < count) encode(values, row + 1, 1);
      for (const answer of answers) addPair(answer(pair), scores, row * outputs, outputs, members.length);
    }
    return logSoftmaxRows(scores, outputs);
  };
}

/** Adds the scores of two rows, or of one where there is no other. */
function addPair(pair: Float64Array, to: Float64Array, start: number, outputs: number, share: number): void {
  const units = pair.length / 2;
  const first = start + outputs - units;
  for (let i = 0; i < units; i += 1) {
    to[first + i] = (to[first + i] ?? 0) + (pair[2 * i] ?? 0) / share;
    const other = first + outputs + i;
    if (other < to.length) to[other] = (to[other] ?? 0) + (pair[2 * i + 1] ?? 0) / share;
  }
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

const blockUnits = 4;

/** A layer as it answers: in doubles, which the processor adds and multiplies without changing them first. */
interface Stage {
  readonly inputs: number;
  readonly units: number;
  /** Blocks of four units, the last one filled up with zeros: for each input in turn, the weights of the four. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly radial: boolean;
  /** The least that a unit answers: between layers there is the ramp. */
  readonly least: number;
  /** Of each unit what it says of the first row, then of the second. */
  readonly outputs: Float64Array;
}

function compile(layers: readonly Layer[]): (pair: Float64Array) => Float64Array {
  const stages = layers.map((layer, index) => layOut(layer, index < layers.length - 1 ? 0 : -Infinity));
  return pair => {
    let from = pair;
    for (const stage of stages) {
      if (stage.radial) respondRadially(stage, from, stage.outputs);
      else respond(stage, from, stage.outputs);
      from = stage.outputs;
    }
    return from;
  };
}

function layOut({ units, weights, biases, radial = false }: Layer, least: number): Stage {
  const inputs = weights.length / units;
  const laidOut = new Float64Array(Math.ceil(units / blockUnits) * blockUnits * inputs);
  weights.forEach((weight, i) => {
    const unit = Math.floor(i / inputs);
    const place = unit % blockUnits;
    laidOut[(unit - place) * inputs + (i % inputs) * blockUnits + place] = weight;
  });
  return {
    inputs,
    units,
    weights: laidOut,
    biases: Float64Array.from(biases),
    radial,
    least,
    outputs: new Float64Array(2 * units),
  };
}

/** Four units at a time: what they read of the rows is read once, too. */
function respond(
  { inputs, units, weights, biases, least }: Stage,
  from: Float64Array,
  to: Float64Array,
): void {
  const ends = 2 * inputs;
  let unit = 0;
  let place = 0;
  for (; unit + 3 < units; unit += 4) {
    let xa = biases[unit] ?? 0;
    let xb = biases[unit + 1] ?? 0;
    let xc = biases[unit + 2] ?? 0;
    let xd = biases[unit + 3] ?? 0;
    let ya = xa;
    let yb = xb;
    let yc = xc;
    let yd = xd;
    for (let i = 0; i < ends; i += 2) {
      const x = from[i] ?? 0;
      const y = from[i + 1] ?? 0;
      const a = weights[place] ?? 0;
      xa += x * a;
      ya += y * a;
      const b = weights[place + 1] ?? 0;
      xb += x * b;
      yb += y * b;
      const c = weights[place + 2] ?? 0;
      xc += x * c;
      yc += y * c;
      const d = weights[place + 3] ?? 0;
      xd += x * d;
      yd += y * d;
      place += 4;
    }
    const at = 2 * unit;
    to[at] = Math.max(xa, least);
    to[at + 1] = Math.max(ya, least);
    to[at + 2] = Math.max(xb, least);
    to[at + 3] = Math.max(yb, least);
    to[at + 4] = Math.max(xc, least);
    to[at + 5] = Math.max(yc, least);
    to[at + 6] = Math.max(xd, least);
    to[at + 7] = Math.max(yd, least);
  }
  for (let rest = 0; unit < units; rest += 1, unit += 1) {
    let x = biases[unit] ?? 0;
    let y = x;
    for (let i = 0; i < inputs; i += 1) {
      const weight = weights[place + i * blockUnits + rest] ?? 0;
      x += (from[2 * i] ?? 0) * weight;
      y += (from[2 * i + 1] ?? 0) * weight;
    }
    to[2 * unit] = Math.max(x, least);
    to[2 * unit + 1] = Math.max(y, least);
  }
}

/** Four units at a time, as `respond`. */
function respondRadially(
  { inputs, units, weights, biases }: Stage,
  from: Float64Array,
  to: Float64Array,
): void {
  const ends = 2 * inputs;
  let place = 0;
  for (let unit = 0; unit < units; unit += blockUnits) {
    let xa = 0;
    let xb = 0;
    let xc = 0;
    let xd = 0;
    let ya = 0;
    let yb = 0;
    let yc = 0;
    let yd = 0;
    for (let i = 0; i < ends; i += 2) {
      const x = from[i] ?? 0;
      const y = from[i + 1] ?? 0;
      const a = weights[place] ?? 0;
      xa += (x - a) * (x - a);
      ya += (y - a) * (y - a);
      const b = weights[place + 1] ?? 0;
      xb += (x - b) * (x - b);
      yb += (y - b) * (y - b);
      const c = weights[place + 2] ?? 0;
      xc += (x - c) * (x - c);
      yc += (y - c) * (y - c);
      const d = weights[place + 3] ?? 0;
      xd += (x - d) * (x - d);
      yd += (y - d) * (y - d);
      place += blockUnits;
    }
    // The last block may have fewer units: what is written beyond the end of an array is lost.
    const at = 2 * unit;
    const [ba = 0, bb = 0, bc = 0, bd = 0] = biases.subarray(unit, unit + blockUnits);
    to[at] = Math.exp(xa * ba);
    to[at + 1] = Math.exp(ya * ba);
    to[at + 2] = Math.exp(xb * bb);
    to[at + 3] = Math.exp(yb * bb);
    to[at + 4] = Math.exp(xc * bc);
    to[at + 5] = Math.exp(yc * bc);
    to[at + 6] = Math.exp(xd * bd);
    to[at + 7] = Math.exp(yd * bd);
  }
}
