import fc from 'fast-check';
import { type Backend, chooseBackend } from './backend.ts';
import { compileModel } from './forward.ts';
import type { Network } from './network.ts';

const featureCount = 4;
const feature = fc.double({ min: -20, max: 20, noNaN: true });
const anyFeature = fc.oneof(feature, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(1e300));
const row = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: featureCount, maxLength: featureCount });

function weights(count: number, most = 1.5): fc.Arbitrary<Float32Array> {
  return fc.float32Array({ minLength: count, maxLength: count, min: -most, max: most, noNaN: true });
}

const network: fc.Arbitrary<Network> = fc.integer({ min: 1, max: 24 }).chain(units =>
  fc.record({
    scaling: fc.record({
      mean: row(fc.double({ min: -5, max: 5, noNaN: true })),
      deviation: row(fc.double({ min: 1, max: 10, noNaN: true })),
    }),
    layers: fc.tuple(
      fc.record({
        units: fc.constant(units),
        activation: fc.constant('relu' as const),
        weights: weights(featureCount * units),
        biases: weights(units),
      }),
      fc.record({
        units: fc.constant(1),
        activation: fc.constant('sigmoid' as const),
        weights: weights(units),
        biases: weights(1),
      }),
    ),
  }),
);

function scoresByTensorFlow({ tf }: Backend, { scaling, layers }: Network, rows: number[][]): number[] {
  return tf.tidy(() => {
    const values = rows.map(features =>
      features.map((value, i) => (value - (scaling.mean[i] ?? 0)) / (scaling.deviation[i] ?? 1)),
    );
    let output = tf.tensor2d(values, [rows.length, featureCount]);
    for (const { units, activation, ...layer } of layers) {
      const kernel = tf.tensor2d(layer.weights, [layer.weights.length / units, units]);
      const sums = tf.add<typeof output>(tf.matMul(output, kernel), layer.biases);
      output = activation === 'relu' ? tf.relu(sums) : tf.sigmoid(sums);
    }
    return [...output.dataSync()];
  });
}

describe.each(['wasm', 'cpu'] as const)('compileModel against TensorFlow on %s', name => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await chooseBackend(name);
  });

  it('gives the same scores within a millionth', () => {
    fc.assert(
      fc.property(network, fc.array(row(feature), { minLength: 1, maxLength: 20 }), (model, rows) => {
        const expected = scoresByTensorFlow(backend, model, rows);
        compileModel(model)
          .scores(rows)
          .forEach((score, i) => {
            expect(Math.abs(score - (expected[i] ?? Number.NaN))).toBeLessThan(1e-6);
          });
      }),
    );
  });
});

describe('compileModel', () => {
  it('gives a probability for every finite input', () => {
    fc.assert(
      fc.property(network, row(anyFeature), (model, features) => {
        const [score] = compileModel(model).scores([features]);
        return score !== undefined && score >= 0 && score <= 1;
      }),
    );
  });

  it('gives the same scores for rows in one array and row by row', () => {
    fc.assert(
      fc.property(network, fc.array(row(feature), { maxLength: 9 }), (model, rows) => {
        const { scores } = compileModel(model);
        const together = scores(Float64Array.from(rows.flat()));
        expect(scores(rows)).toEqual(together);
        expect(rows.flatMap(features => [...scores([features])])).toEqual([...together]);
      }),
    );
  });

  it('gives both classes their probabilities, which add up to one', () => {
    fc.assert(
      fc.property(network, fc.array(row(feature), { maxLength: 9 }), (model, rows) => {
        const classifier = compileModel(model);
        const scores = classifier.scores(rows);
        const probabilities = classifier.probabilities(Float64Array.from(rows.flat()));
        expect([...probabilities]).toEqual([...scores].flatMap(score => [1 - score, score]));
      }),
    );
  });

  const tiny: Network = {
    scaling: { mean: [0, 0, 0, 0], deviation: [1, 1, 1, 1] },
    layers: [
      {
        units: 1,
        activation: 'sigmoid',
        weights: new Float32Array([1, 0, 0, 0]),
        biases: new Float32Array(1),
      },
    ],
  };

  it('is exact at both ends of the sigmoid', () => {
    const { scores } = compileModel(tiny);
    const ends = [0, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE].map(value => [value, 0, 0, 0]);
    expect([...scores(ends)]).toEqual([0.5, 1, 0, 1, 0]);
  });

  it('refuses rows that are not four features', () => {
    const { scores } = compileModel(tiny);
    expect(() => scores([[1, 2, 3]])).toThrow('Row 0 has 3 features: pass 4 for every row.');
    expect(() => scores(new Float64Array(6))).toThrow('6 numbers do not make whole rows');
  });
});
