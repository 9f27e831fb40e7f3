import { loadClassifier } from '@banknote-loop/shared/models';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { type LabelledNote, openTrainingKit, type TrainingKit } from '@banknote-loop/testing/training-kit';
import { describeStaleness, measureStaleness } from './staleness.ts';

const caps = { reviewerShare: 1, batchShare: 1, minimumRows: 1 };

let kit: TrainingKit;
beforeAll(async () => {
  kit = await openTrainingKit();
});
afterAll(() => kit.close());

/** Notes of a kind that the bank has none of, and which are what the model does not think. */
async function surprises(model: string, count: number): Promise<LabelledNote[]> {
  const { probabilities } = loadClassifier(banknotes, model, await kit.store.load(model));
  const features = Array.from({ length: count }, (_, i) => [9 + i / 50, 9, 9 - i / 50, 2]);
  return features.map(note => ({
    features: note,
    label: (probabilities(Float64Array.from(note))[1] ?? 0) < 0.5 ? 1 : 0,
  }));
}

it('says what it would have cost to go on with the models of before', async () => {
  const { db, asOwner } = kit;
  const first = await kit.train();
  await asOwner("update decisions set created = now() - interval '8 days'");
  await kit.correct(await surprises(first?.model_file_name ?? '', 80), 'ann');
  const second = await kit.train();
  const { holdout } = await db.training.dataSet(caps);
  const found = await measureStaleness(banknotes, kit, holdout);
  expect(found.map(({ days, model }) => [days, model])).toEqual([
    [0, second?.model_file_name],
    [1, first?.model_file_name],
    [7, first?.model_file_name],
  ]);
  const [now, before] = found;
  expect(now?.accuracy).toBeGreaterThan(before?.accuracy ?? 1);
  expect(now?.logLoss).toBeLessThan(before?.logLoss ?? 0);
  const text = describeStaleness(found, holdout.count);
  expect(text).toContain(`7 days ago   ${first?.model_file_name}`);
  expect(text).toMatch(/[1-9]\.\d points worse/);
});

it('says so where there is no model yet', () => {
  expect(describeStaleness([], 0)).toBe('No model has answered yet.');
});
