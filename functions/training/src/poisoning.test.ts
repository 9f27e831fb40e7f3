import { measure, train } from '@banknote-loop/shared/classifier';
import {
  type Classifier,
  chooseBackend,
  compileModel,
  type Random,
  seededRandom,
} from '@banknote-loop/shared/learning';
import { loadClassifier } from '@banknote-loop/shared/models';
import type { TrainingData } from '@banknote-loop/shared/postgres';
import { bankData, resample } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { type LabelledNote, openTrainingKit, type TrainingKit } from '@banknote-loop/testing/training-kit';

// What people say may be wrong, by mistake or on purpose. Whatever they say, the model that answers must stay within
// one point of the accuracy that it had on the bank's own hold-out notes.

let kit: TrainingKit;
/** The hold-out before anybody said anything. */
let clean: TrainingData['holdout'];
let before: number;
beforeEach(async () => {
  kit = await openTrainingKit();
  clean = (await kit.db.training.dataSet({ reviewerShare: 1, batchShare: 1, minimumRows: 1 })).holdout;
  await kit.train();
  before = accuracyOf(await liveModel());
});
afterEach(() => kit.close());

async function liveModel(): Promise<Classifier> {
  const { model_file_name = '' } = (await kit.db.models.live()) ?? {};
  return loadClassifier(banknotes, model_file_name, await kit.store.load(model_file_name));
}

function accuracyOf(model: Classifier): number {
  return measure(model.probabilities(clean.features), clean.classes, clean.classNames).accuracy;
}

/** New notes much like the bank's, with their true labels. */
function newNotes(count: number, random: Random): LabelledNote[] {
  const { features, classes } = resample(bankData(), count, random);
  return Array.from(classes, (label, row) => {
    const [variance = 0, skewness = 0, curtosis = 0, entropy = 0] = features.subarray(4 * row, 4 * row + 4);
    return { features: [variance, skewness, curtosis, entropy], label: label === 1 ? 1 : 0 };
  });
}

function flip({ features, label }: LabelledNote): LabelledNote {
  return { features, label: label === 1 ? 0 : 1 };
}

/** How well a model does that learned from all that people said, with neither caps nor a gate before it. */
async function accuracyUnprotected(): Promise<number> {
  const { training } = await kit.db.training.dataSet({ reviewerShare: 1, batchShare: 1, minimumRows: 1 });
  const { tf } = await chooseBackend();
  const outcome = await train(tf, banknotes, training, { seed: 1 });
  return outcome.trained ? accuracyOf(compileModel(outcome.model)) : 0;
}

it.each([0.1, 0.3])('survives reviewers of whose labels a share of %d is wrong', async noise => {
  const random = seededRandom(100 * noise);
  for (let round = 0; round < 2; round += 1) {
    for (let reviewer = 0; reviewer < 8; reviewer += 1) {
      const said = newNotes(60, random).map(note => (random() < noise ? flip(note) : note));
      await kit.correct(said, `reviewer ${reviewer}`);
    }
    expect(await kit.train()).toBeDefined();
    expect(accuracyOf(await liveModel())).toBeGreaterThanOrEqual(before - 0.01);
  }
});

it.each([
  ['who is the only one', 0],
  ['among honest ones', 4],
])('survives a reviewer %s and calls every real note of one region fake', async (_who, honest) => {
  const random = seededRandom(7);
  const inRegion = ({ features: [variance], label }: LabelledNote): boolean =>
    label === 1 && Number(variance) > 1;
  for (let round = 0; round < 2; round += 1) {
    for (let one = 0; one < honest; one += 1) await kit.correct(newNotes(40, random), `honest ${one}`);
    const target = newNotes(3000, random).filter(inRegion);
    // Several batches, so that only the cap for a reviewer can hold; and in secret, where no name is asked for.
    await kit.correct(target.slice(0, 150).map(flip), round === 1 ? undefined : 'eve');
    await kit.correct(target.slice(150).map(flip), 'eve');
    expect(await kit.train()).toBeDefined();
    expect(accuracyOf(await liveModel())).toBeGreaterThanOrEqual(before - 0.01);
  }
  expect(await accuracyUnprotected()).toBeLessThan(before - 0.02);
});
