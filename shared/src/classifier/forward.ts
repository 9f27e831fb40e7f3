import { probabilitiesOf } from './metrics.ts';
import { type Layer, type Network, type Scaling, scaled } from './network.ts';

/** Rows to score: one array for each, or all of them in one flat array. */
export type Rows = readonly (readonly number[])[] | Float64Array;

/** A model that is ready to answer. */
export interface Classifier {
  /** The probability of each class for every row, row after row; the rows come in one flat array. */
  probabilities(rows: Float64Array): Float64Array;
  /** With two classes, the probability of class 1 for every row. */
  scores(rows: Rows): Float64Array;
}

type Step = (input: Float64Array) => Float64Array;

/** Makes a network ready to answer: plain arithmetic on buffers allocated once, with no TensorFlow involved. */
export function compileModel(network: Network): Classifier {
  const columns = network.scaling.mean.length;
  const scaledRow = new Float64Array(columns);
  const steps = network.layers.map((layer, index) =>
    compileLayer(layer, network.layers[index - 1]?.units ?? columns),
  );

  const scores = (rows: Rows): Float64Array => {
    const features = flatten(rows, columns);
    const answers = new Float64Array(features.length / columns);
    for (let row = 0; row < answers.length; row += 1) {
      scaleRow(features, row, network.scaling, scaledRow);
      let values: Float64Array = scaledRow;
      for (const step of steps) values = step(values);
      answers[row] = values[0] ?? Number.NaN;
    }
    return answers;
  };
  return { scores, probabilities: rows => probabilitiesOf(scores(rows)) };
}

function compileLayer({ units, activation, ...layer }: Layer, inputs: number): Step {
  const weights = weightsByUnit(layer.weights, inputs, units);
  const biases = Float64Array.from(layer.biases);
  const activate = activation === 'relu' ? relu : sigmoid;
  const output = new Float64Array(units);
  return input => {
    for (let unit = 0; unit < units; unit += 1) {
      let sum = biases[unit] ?? 0;
      const start = unit * inputs;
      for (let from = 0; from < inputs; from += 1) sum += (input[from] ?? 0) * (weights[start + from] ?? 0);
      output[unit] = activate(sum);
    }
    return output;
  };
}

/** Turns the weights round so that those of one unit lie side by side, in the order in which they are read. */
function weightsByUnit(weights: Float32Array, inputs: number, units: number): Float64Array {
  const turned = new Float64Array(inputs * units);
  weights.forEach((weight, index) => {
    const unit = index % units;
    turned[unit * inputs + (index - unit) / units] = weight;
  });
  return turned;
}

function scaleRow(
  features: Float64Array,
  row: number,
  { mean, deviation }: Scaling,
  target: Float64Array,
): void {
  for (let feature = 0; feature < target.length; feature += 1) {
    const value = features[row * target.length + feature] ?? Number.NaN;
    target[feature] = scaled(value, mean[feature] ?? 0, deviation[feature] ?? 1);
  }
}

function flatten(rows: Rows, columns: number): Float64Array {
  if (rows instanceof Float64Array) {
    if (rows.length % columns === 0) return rows;
    throw new RangeError(
      `${rows.length} numbers do not make whole rows: pass ${columns} features for every row.`,
    );
  }
  const flat = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new RangeError(`Row ${index} has ${row.length} features: pass ${columns} for every row.`);
    }
    flat.set(row, index * columns);
  });
  return flat;
}

function relu(value: number): number {
  return Math.max(0, value);
}

/** Written for each sign apart, so that the exponential can only underflow to 0 and never overflow. */
function sigmoid(value: number): number {
  if (value >= 0) return 1 / (1 + Math.exp(-value));
  const odds = Math.exp(value);
  return odds / (1 + odds);
}
