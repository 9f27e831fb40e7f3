import fc from 'fast-check';
import { type Backend, chooseBackend } from './backend.ts';
import { compileNetworks, type Layer, type Networks } from './network.ts';

const inputs = 4;
const encoders = Array.from({ length: inputs }, () => ({ kind: 'plain', centre: 0, scale: 1 }) as const);

const numbers = (length: number) =>
  fc.float32Array({ minLength: length, maxLength: length, min: -1.5, max: 1.5, noNaN: true });

function layers(sizes: readonly number[]): fc.Arbitrary<Layer[]> {
  return fc.tuple(
    ...sizes.map((units, i) =>
      fc.record({
        units: fc.constant(units),
        weights: numbers(units * (sizes[i - 1] ?? inputs)),
        biases: numbers(units),
      }),
    ),
  );
}

const networks: fc.Arbitrary<Networks> = fc
  .record({
    hidden: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
    outputs: fc.constantFrom(1, 3),
    count: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ hidden, outputs, count }) =>
    fc.array(layers([...hidden, outputs]), { minLength: count, maxLength: count }),
  )
  .map(members => ({ inputs: { encoders, width: inputs }, members }));

const rows = (value: fc.Arbitrary<number>) =>
  fc.array(fc.array(value, { minLength: inputs, maxLength: inputs }), { minLength: 1, maxLength: 5 });

/** The mean of the raw scores of all networks, as probabilities. */
function answersByTensorFlow({ tf }: Backend, { members }: Networks, values: readonly number[][]): number[] {
  return tf.tidy(() => {
    const raw = members.map(own =>
      own.reduce(
        (from, { units, weights, biases }, index) => {
          const kernel = tf.tensor2d(weights, [units, weights.length / units]);
          const sums = tf.add<typeof from>(tf.matMul(from, kernel, false, true), biases);
          return index < own.length - 1 ? tf.relu(sums) : sums;
        },
        tf.tensor2d([...values]),
      ),
    );
    const mean = tf.div<(typeof raw)[number]>(tf.addN(raw), members.length);
    if (mean.shape[1] === 3) return [...tf.softmax(mean).dataSync()];
    return [...tf.sigmoid(mean).dataSync()].flatMap(score => [1 - score, score]);
  });
}

describe('compileNetworks', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await chooseBackend('cpu');
  });

  it('answers as TensorFlow does, within a millionth', () => {
    const some = rows(fc.double({ min: -20, max: 20, noNaN: true }));
    fc.assert(
      fc.property(networks, some, (given, values) => {
        const ours = compileNetworks(given)(Float64Array.from(values.flat())).map(Math.exp);
        const theirs = answersByTensorFlow(backend, given, values);
        expect(ours).toHaveLength(theirs.length);
        ours.forEach((probability, i) => {
          expect(Math.abs(probability - (theirs[i] ?? Number.NaN))).toBeLessThan(2e-6);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives probabilities, however absurd a row is', () => {
    const any = rows(fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(1e300, -1e300, Number.NaN)));
    fc.assert(
      fc.property(networks, any, (given, values) => {
        const logs = compileNetworks(given)(Float64Array.from(values.flat()));
        expect(logs.every(log => Math.exp(log) >= 0 && Math.exp(log) <= 1 + 1e-12)).toBe(true);
      }),
    );
  });
});
