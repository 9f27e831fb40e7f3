import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Adam } from './adam.ts';
import type { TensorFlow } from './backend.ts';
import type { Layer } from './network.ts';
import { gaussian, type Random } from './random.ts';

export interface PerceptronShape {
  readonly inputs: number;
  readonly hiddenUnits: readonly number[];
  /** 1 for two classes: the second against the first. */
  readonly outputs: number;
}

export interface Batch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  /** What each row counts; they add up to about 1. */
  readonly weights: Float32Array;
  readonly rows: number;
}

/** Weights of one layer, for each input in turn those to every unit: as TensorFlow has them. */
interface Dense {
  readonly inputs: number;
  readonly units: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

interface Gradient {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** The share of the mean that a step leaves in it: the last fifty or so count. */
const averageKept = 0.98;

/**
 * A network that is still learning, by Adam on the cross entropy. Its weights are ours and TensorFlow is lent copies, so
 * nothing lives outside the garbage collector's reach between two steps. It answers with the mean of its latest
 * weights, which does not tremble as the weights themselves do.
 */
export class Perceptron {
  readonly #tf: TensorFlow;
  readonly #shape: PerceptronShape;
  readonly #layers: readonly Dense[];
  readonly #means: readonly Dense[];
  readonly #adams: readonly { readonly weights: Adam; readonly biases: Adam }[];
  #steps = 0;

  constructor(tf: TensorFlow, shape: PerceptronShape, random: Random) {
    this.#tf = tf;
    this.#shape = shape;
    this.#layers = openLayers(shape, random);
    this.#means = this.#layers.map(copy);
    this.#adams = this.#layers.map(({ weights, biases }) => ({
      weights: new Adam(weights.length),
      biases: new Adam(biases.length),
    }));
  }

  learn(batch: Batch, rate: number, decay: number): void {
    const gradients = this.#differentiate(batch);
    this.#steps += 1;
    // At first, when there are few steps to average over, the mean is that of all of them.
    const share = Math.max(1 - averageKept, 1 / this.#steps);
    this.#layers.forEach((layer, index) => {
      const gradient = gradients[index];
      const adam = this.#adams[index];
      const mean = this.#means[index];
      if (!gradient || !adam || !mean) return;
      adam.weights.step(layer.weights, gradient.weights, rate, decay);
      adam.biases.step(layer.biases, gradient.biases, rate, 0);
      approach(mean.weights, layer.weights, share);
      approach(mean.biases, layer.biases, share);
    });
  }

  /** The raw scores of encoded rows. */
  scores(inputs: Float32Array, rows: number): Float32Array {
    const tf = this.#tf;
    let scores: Float32Array = new Float32Array(0);
    tf.tidy(() => {
      let values = tf.tensor2d(inputs, [rows, this.#shape.inputs]);
      this.#means.forEach((layer, index) => {
        values = this.#respond(values, layer, kernelOf(tf, layer), index < this.#means.length - 1);
      });
      scores = numbersOf(values);
    });
    return scores;
  }

  layers(): Layer[] {
    return this.#means.map(({ inputs, units, weights, biases }) => ({
      units,
      biases: biases.slice(),
      weights: weights.map((_, place) => weights[(place % inputs) * units + Math.floor(place / inputs)] ?? 0),
    }));
  }

  /**
   * The gradients of the mean cross entropy, written out: TensorFlow's entry for Node.js registers no gradients of its
   * own, and for layers of one kind this is shorter than registering them. What is to be multiplied is turned round
   * beforehand, for the WebAssembly backend multiplies what it has to turn itself twenty times as slowly.
   */
  #differentiate({ inputs, targets, weights, rows }: Batch): Gradient[] {
    const tf = this.#tf;
    const gradients: Gradient[] = [];
    // What a tidied function returns is searched for tensors number by number, so it returns nothing.
    tf.tidy(() => {
      const kernels = this.#layers.map(layer => kernelOf(tf, layer));
      const values = [tf.tensor2d(inputs, [rows, this.#shape.inputs])];
      this.#layers.forEach((layer, index) => {
        const [from, kernel] = [values[index], kernels[index]];
        if (from && kernel) values.push(this.#respond(from, layer, kernel, index < this.#layers.length - 1));
      });
      const raw = values.pop();
      if (!raw) throw new RangeError('A network needs a layer.');
      const scores: Tensor2D = this.#shape.outputs === 1 ? tf.sigmoid(raw) : tf.softmax(raw);
      // Cross entropy after a sigmoid or a softmax has this derivative at the output: the error itself.
      const missed = tf.sub(scores, tf.tensor2d(targets, [rows, this.#shape.outputs]));
      let error: Tensor2D = tf.mul(missed, tf.tensor2d(weights, [rows, 1]));
      for (let index = this.#layers.length - 1; index >= 0; index -= 1) {
        const [from, kernel] = [values[index], kernels[index]];
        if (!from || !kernel) continue;
        gradients.unshift({
          weights: numbersOf(tf.matMul(tf.transpose(from), error)),
          biases: numbersOf(tf.sum(error, 0)),
        });
        if (index > 0) error = tf.mul(tf.matMul(error, tf.transpose(kernel)), tf.step(from));
      }
    });
    return gradients;
  }

  #respond(from: Tensor2D, { biases, units }: Dense, kernel: Tensor2D, ramp: boolean): Tensor2D {
    const bias: Tensor1D = this.#tf.tensor1d(biases);
    const sums = this.#tf.fused.matMul({ a: from, b: kernel, bias, activation: ramp ? 'relu' : 'linear' });
    return this.#tf.reshape<Rank.R2>(sums, [from.shape[0], units]);
  }
}

function openLayers({ inputs, hiddenUnits, outputs }: PerceptronShape, random: Random): Dense[] {
  const sizes = [inputs, ...hiddenUnits, outputs];
  return sizes.slice(1).map((units, index) => {
    const from = sizes[index] ?? 0;
    const deviation = Math.sqrt((index === sizes.length - 2 ? 1 : 2) / Math.max(from, 1));
    const weights = new Float32Array(from * units).map(() => gaussian(random) * deviation);
    return { inputs: from, units, weights, biases: new Float32Array(units) };
  });
}

function copy({ weights, biases, ...size }: Dense): Dense {
  return { ...size, weights: weights.slice(), biases: biases.slice() };
}

function approach(mean: Float32Array, latest: Float32Array, share: number): void {
  for (let i = 0; i < mean.length; i += 1)
    mean[i] = (mean[i] ?? 0) + share * ((latest[i] ?? 0) - (mean[i] ?? 0));
}

function kernelOf(tf: TensorFlow, { inputs, units, weights }: Dense): Tensor2D {
  return tf.tensor2d(weights, [inputs, units]);
}

function numbersOf(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync<'float32'>());
}
