import { bankData, resample, rowsOf, split, trainingSet } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import type { DataSet } from '../data-set/declaration.ts';
import { type Backend, chooseBackend } from '../learning/backend.ts';
import type { LearnOptions } from '../learning/learn.ts';
import { compileModel, type Model } from '../learning/model.ts';
import { encodeModel } from '../learning/model-data.ts';
import { seededRandom } from '../learning/random.ts';
import { measurePredictions } from './metrics.ts';
import { train } from './train.ts';
import type { TrainingSet } from './training-set.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

async function trainedOn(
  set: TrainingSet,
  options: Partial<LearnOptions> = {},
  dataSet: DataSet = banknotes,
) {
  const outcome = await train(backend.tf, dataSet, set, { seed: 1, budgetSeconds: 3, ...options });
  if (!outcome.trained) throw new Error(outcome.reason);
  return outcome;
}

function accuracyOf(model: Model, { features, classes, classNames }: TrainingSet): number {
  return measurePredictions(compileModel(model).probabilities(features), classes, classNames).accuracy;
}

function rows(count: number, row: (index: number) => readonly number[]): TrainingSet {
  return trainingSet(Array.from({ length: count }, (_, index) => row(index)));
}

describe('train', () => {
  it('gives the same model for the same rows, seed and earlier choice, and another one for another seed', async () => {
    const { choice } = await trainedOn(bankData());
    const made = async (seed: number) => encodeModel((await trainedOn(bankData(), { seed, choice })).model);
    const first = await made(7);
    expect(await made(7)).toEqual(first);
    expect(await made(8)).not.toEqual(first);
  });

  it('tells notes apart that it has not seen', async () => {
    const { train: seen, holdOut } = split(bankData(), seededRandom(1));
    const { model, choice } = await trainedOn(seen);
    expect(accuracyOf(model, holdOut)).toBeGreaterThanOrEqual(0.99);
    const again = await trainedOn(seen, { choice });
    expect(again.choice).toEqual(choice);
    expect(accuracyOf(again.model, holdOut)).toBeGreaterThanOrEqual(0.99);
  });

  it.each([
    ['iris', 0.93],
    ['penguins', 0.97],
  ])('tells the classes of %s apart', async (name, least) => {
    const { dataSet, set } = await rowsOf(name);
    const { report } = await trainedOn(set, {}, dataSet);
    expect(report.chosen.accuracy).toBeGreaterThanOrEqual(least);
  });

  it('learns from 5,000 rows', async () => {
    const random = seededRandom(3);
    const { model } = await trainedOn(resample(bankData(), 5_000, random));
    expect(accuracyOf(model, resample(bankData(), 5_000, random))).toBeGreaterThan(0.995);
  });

  it('learns from rows of which one feature never varies', async () => {
    const { model } = await trainedOn(rows(40, i => [i % 2 ? 1 : -1, 5, i / 40, 0, i % 2]));
    const answers = compileModel(model).probabilities(Float64Array.of(1, 5, 0.5, 0, -1, 5, 0.5, 0));
    expect(answers[1]).toBeGreaterThan(0.8);
    expect(answers[3]).toBeLessThan(0.2);
  });

  it.each([
    ['too-few-rows', rows(19, i => [i, i, i, i, i % 2])],
    ['too-few-rows', rows(0, () => [])],
    ['one-class-only', rows(40, i => [i, i, i, i, 1])],
    ['one-class-only', rows(40, i => [i, i, i, i, 0])],
    ['features-out-of-range', rows(40, i => [i === 3 ? Infinity : i, 0, 0, 0, i % 2])],
  ])('refuses with %s', async (rule, set) => {
    expect(await train(backend.tf, banknotes, set, { seed: 1 })).toEqual({
      trained: false,
      rule,
      reason: expect.stringMatching(/\.$/),
    });
  });

  it('learns without the perceptrons where a backend is broken', async () => {
    // Numbers that are nowhere finite.
    const tensor2d = (_: unknown, shape: [number, number] = [0, 0]) =>
      backend.tf.tensor2d(new Float32Array(shape[0] * shape[1]).fill(Number.NaN), shape);
    const options = { seed: 1, budgetSeconds: 3 };
    const outcome = await train({ ...backend.tf, tensor2d }, banknotes, bankData(), options);
    if (!outcome.trained) throw new Error(outcome.reason);
    expect(accuracyOf(outcome.model, bankData())).toBeGreaterThan(0.98);
  });

  it('refuses a training that diverged', async () => {
    const most = Number.MAX_VALUE;
    const set = rows(40, i => [i % 2 ? most : -most, i % 3 ? most : -most, 0, 0, i % 2]);
    expect(await train(backend.tf, banknotes, set, { seed: 1, budgetSeconds: 1 })).toMatchObject({
      trained: false,
      rule: 'diverged',
    });
  });
});
