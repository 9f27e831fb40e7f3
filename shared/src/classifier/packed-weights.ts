import { Buffer } from 'node:buffer';
import { InvalidModelError } from './model-error.ts';
import type { ModelContent } from './model-schema.ts';
import type { Layer } from './network.ts';

const bytesPerNumber = 4;

export function packWeights(layers: readonly Layer[]): string {
  const numbers = layers.flatMap(layer => [...layer.weights, ...layer.biases]);
  const bytes = Buffer.alloc(numbers.length * bytesPerNumber);
  numbers.forEach((number, index) => {
    bytes.writeFloatLE(number, index * bytesPerNumber);
  });
  return bytes.toString('base64');
}

/** Cuts the numbers into the layers of the topology, which must use them up exactly. */
export function unpackWeights({ topology, weights }: ModelContent): Layer[] {
  const bytes = Buffer.from(weights, 'base64');
  const sizes = topology.layers.map((layer, index) => ({
    ...layer,
    inputs: topology.layers[index - 1]?.units ?? topology.inputs,
  }));
  const needed = sizes.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units * bytesPerNumber, 0);
  if (bytes.length !== needed) {
    throw new InvalidModelError(
      'shape',
      `The weights of the model have ${bytes.length} bytes, but its topology takes ${needed}.`,
    );
  }
  let offset = 0;
  const take = (count: number) =>
    Float32Array.from({ length: count }, () => {
      offset += bytesPerNumber;
      return bytes.readFloatLE(offset - bytesPerNumber);
    });
  return sizes.map(({ inputs, units, activation }) => ({
    units,
    activation,
    weights: take(inputs * units),
    biases: take(units),
  }));
}
