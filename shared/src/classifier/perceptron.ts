import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './backend.ts';
import type { Activation, Layer } from './network.ts';
import { gaussian, type Random } from './random.ts';

export interface Batch {
  /** Scaled features, row after row. */
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly rows: number;
}

export interface PerceptronSettings {
  /** How many features a row has. */
  readonly inputs: number;
  readonly hiddenUnits: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** A network that is still learning. Its tensors live outside the garbage collector's reach until `close`. */
export interface Perceptron {
  learn(batch: Batch): void;
  layers(): readonly Layer[];
  close(): void;
}

interface LayerVariables {
  readonly weights: Variable;
  readonly biases: Variable;
  readonly units: number;
}

/** Opens a network with one hidden layer and random weights, trained by Adam on the cross entropy. */
export function openPerceptron(tf: TensorFlow, random: Random, settings: PerceptronSettings): Perceptron {
  const { inputs, hiddenUnits, learningRate, weightDecay } = settings;
  const hidden = openLayer(tf, inputs, hiddenUnits, Math.sqrt(2 / inputs), random);
  const output = openLayer(tf, hiddenUnits, 1, Math.sqrt(1 / hiddenUnits), random);
  const optimizer = tf.train.adam(learningRate, 0.9, 0.99);

  return {
    learn: batch =>
      tf.tidy(() => optimizer.applyGradients(gradients(tf, batch, hidden, output, weightDecay))),
    layers: () => [readLayer(hidden, 'relu'), readLayer(output, 'sigmoid')],
    close() {
      optimizer.dispose();
      tf.dispose([hidden.weights, hidden.biases, output.weights, output.biases]);
    },
  };
}

interface NamedGradient {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * The gradient of mean cross entropy plus weight decay, written out: TensorFlow's entry for Node.js registers no
 * gradients of its own, and for two layers this is shorter than registering them.
 */
function gradients(
  tf: TensorFlow,
  batch: Batch,
  hidden: LayerVariables,
  output: LayerVariables,
  weightDecay: number,
): NamedGradient[] {
  const inputs = tf.tensor2d(batch.inputs, [batch.rows, batch.inputs.length / batch.rows]);
  const targets = tf.tensor2d(batch.targets, [batch.rows, 1]);
  const hiddenValues = respond(tf, inputs, hidden, 'relu');
  const scores = respond(tf, hiddenValues, output, 'sigmoid');

  // Cross entropy after a sigmoid has this derivative at the output: the error itself.
  const outputError: Tensor = tf.mul(tf.sub(scores, targets), 1 / batch.rows);
  const hiddenError: Tensor = tf.mul(
    tf.matMul(outputError, output.weights, false, true),
    tf.step(hiddenValues),
  );
  return [
    ...layerGradients(tf, inputs, hidden, hiddenError, weightDecay),
    ...layerGradients(tf, hiddenValues, output, outputError, weightDecay),
  ];
}

function layerGradients(
  tf: TensorFlow,
  inputs: Tensor,
  layer: LayerVariables,
  error: Tensor,
  weightDecay: number,
): NamedGradient[] {
  const decay = tf.mul(layer.weights, weightDecay);
  return [
    { name: layer.weights.name, tensor: tf.add(tf.matMul(inputs, error, true), decay) },
    { name: layer.biases.name, tensor: tf.sum(error, 0) },
  ];
}

function respond(tf: TensorFlow, inputs: Tensor, layer: LayerVariables, activation: Activation): Tensor {
  return tf.fused.matMul({ a: inputs, b: layer.weights, bias: layer.biases, activation });
}

function openLayer(
  tf: TensorFlow,
  inputs: number,
  units: number,
  deviation: number,
  random: Random,
): LayerVariables {
  const weights = Float32Array.from({ length: inputs * units }, () => gaussian(random) * deviation);
  return tf.tidy(() => ({
    weights: tf.variable(tf.tensor2d(weights, [inputs, units])),
    biases: tf.variable(tf.zeros([units])),
    units,
  }));
}

function readLayer({ weights, biases, units }: LayerVariables, activation: Activation): Layer {
  return {
    units,
    activation,
    weights: Float32Array.from(weights.dataSync()),
    biases: Float32Array.from(biases.dataSync()),
  };
}
