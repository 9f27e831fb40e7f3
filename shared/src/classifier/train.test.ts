import { bankData, resample, split, trainingSet } from '@banknote-loop/testing/bank-data';
import { type Backend, chooseBackend } from './backend.ts';
import { type Classifier, compileModel } from './forward.ts';
import { measure } from './metrics.ts';
import { seededRandom } from './random.ts';
import { type TrainingSettings, train } from './train.ts';
import type { TrainingSet } from './training-set.ts';

function trainedOn(backend: Backend, set: TrainingSet, seed = 1, settings: Partial<TrainingSettings> = {}) {
  const outcome = train(backend.tf, set, seed, settings);
  if (!outcome.trained) throw new Error(outcome.reason);
  return outcome;
}

function accuracyOf(model: Classifier, { features, classes, classNames }: TrainingSet): number {
  return measure(model.probabilities(features), classes, classNames).accuracy;
}

function rows(count: number, row: (index: number) => readonly number[]): TrainingSet {
  return trainingSet(Array.from({ length: count }, (_, index) => row(index)));
}

describe.each(['wasm', 'cpu'] as const)('train on %s', name => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await chooseBackend(name);
  });

  it('gives the same network for the same rows and seed, and another one for another seed', () => {
    const short = { steps: 40 };
    const first = trainedOn(backend, bankData(), 7, short);
    expect(trainedOn(backend, bankData(), 7, short)).toEqual(first);
    expect(trainedOn(backend, bankData(), 8, short).network.layers).not.toEqual(first.network.layers);
  });

  it('leaves no tensor behind, trained or refused', () => {
    const before = backend.tf.memory();
    trainedOn(backend, bankData(), 1, { steps: 10 });
    expect(train(backend.tf, bankData(), 1, { steps: 10, learningRate: Number.NaN }).trained).toBe(false);
    const { numTensors, numBytes } = backend.tf.memory();
    expect({ numTensors, numBytes }).toEqual({ numTensors: before.numTensors, numBytes: before.numBytes });
  });

  it('tells notes apart that it has not seen, and says where it is in doubt', () => {
    const { train: seen, holdOut } = split(bankData(), seededRandom(1));
    const model = compileModel(trainedOn(backend, seen).network);
    const scores = model.scores(holdOut.features);
    expect(accuracyOf(model, holdOut)).toBeGreaterThanOrEqual(0.99);
    expect(scores.filter(score => score > 0.0001 && score < 0.9999).length).toBeGreaterThan(
      holdOut.count / 4,
    );
  });
});

describe('train', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await chooseBackend('wasm');
  });

  it('is right on 99.9 % of the hold-out rows of random splits', () => {
    const accuracies = Array.from({ length: 5 }, (_, seed) => {
      const { train: seen, holdOut } = split(bankData(), seededRandom(1000 + seed));
      return accuracyOf(compileModel(trainedOn(backend, seen, seed).network), holdOut);
    });
    expect(
      accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length,
    ).toBeGreaterThanOrEqual(0.999);
  });

  it('learns from 50,000 rows in as many steps', () => {
    const random = seededRandom(3);
    const many = resample(bankData(), 50_000, random);
    const { network, steps } = trainedOn(backend, many);
    const fresh = resample(bankData(), 5_000, random);
    expect(steps).toBe(trainedOn(backend, bankData()).steps);
    expect(accuracyOf(compileModel(network), fresh)).toBeGreaterThan(0.995);
  });

  it('learns from rows of which one feature never varies', () => {
    const { network } = trainedOn(
      backend,
      rows(40, i => [i % 2 ? 1 : -1, 5, i / 40, 0, i % 2]),
    );
    expect(network.scaling.deviation[1]).toBe(1);
    const [high, low] = compileModel(network).scores([
      [1, 5, 0.5, 0],
      [-1, 5, 0.5, 0],
    ]);
    expect(high).toBeGreaterThan(0.9);
    expect(low).toBeLessThan(0.1);
  });

  it.each([
    ['too-few-rows', rows(19, i => [i, i, i, i, i % 2])],
    ['too-few-rows', rows(0, () => [])],
    ['one-class-only', rows(40, i => [i, i, i, i, 1])],
    ['one-class-only', rows(40, i => [i, i, i, i, 0])],
    ['features-out-of-range', rows(40, i => [i === 3 ? Number.NaN : i, 0, 0, 0, i % 2])],
    ['features-out-of-range', rows(40, i => [i === 3 ? 1e300 : i, 0, 0, 0, i % 2])],
  ])('refuses with %s', (rule, set) => {
    expect(train(backend.tf, set, 1)).toEqual({ trained: false, rule, reason: expect.stringMatching(/\.$/) });
  });

  it('refuses a training that diverged', () => {
    expect(train(backend.tf, bankData(), 1, { learningRate: 1e30 })).toMatchObject({ rule: 'diverged' });
  });
});
