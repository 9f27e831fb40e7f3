import { type ModelMessage, PermanentError } from '@banknote-loop/shared';
import { modelMessage } from '@banknote-loop/shared/contract';
import { encodeRows } from '@banknote-loop/shared/data-set';
import { answerRows, loadClassifier, submitModel } from '@banknote-loop/shared/models';
import { deliver } from '@banknote-loop/testing';
import { bankData } from '@banknote-loop/testing/bank-data';
import { banknotes, sampleNotes } from '@banknote-loop/testing/data-sets';
import { linearModel, networkModel, pipelineModel, treeModel } from '@banknote-loop/testing/onnx-models';
import { openTrainingKit, rulesOf, type TrainingKit } from '@banknote-loop/testing/training-kit';
import training from './index.ts';

let kit: TrainingKit;
beforeAll(async () => {
  kit = await openTrainingKit();
});
afterAll(() => kit.close());

/** Logistic regression, as short as it can be told: good enough for the gate. */
function learnLine(): { readonly weights: readonly number[]; readonly bias: number } {
  const { features, classes, count, columns } = bankData();
  const weights = new Array<number>(columns).fill(0);
  let bias = 0;
  for (let round = 0; round < 400; round += 1) {
    const slope = new Array<number>(columns).fill(0);
    let shift = 0;
    for (let row = 0; row < count; row += 1) {
      const own = features.subarray(row * columns, (row + 1) * columns);
      const score = own.reduce((sum, one, i) => sum + one * (weights[i] ?? 0), bias);
      const error = (classes[row] ?? 0) - 1 / (1 + Math.exp(-score));
      shift += error;
      own.forEach((one, i) => {
        slope[i] = (slope[i] ?? 0) + error * one;
      });
    }
    bias += (0.1 * shift) / count;
    slope.forEach((one, i) => {
      weights[i] = (weights[i] ?? 0) + (0.1 * one) / count;
    });
  }
  return { weights, bias };
}

async function submit(file: Uint8Array): Promise<ModelMessage> {
  const job = await submitModel(file, { dataSet: banknotes, db: kit.db, store: kit.store, by: 'ann' });
  const clients = { db: await kit.ofFunction('training'), store: kit.store, ...rulesOf({}) };
  const messages = [];
  // Twice, as Pub/Sub may bring it: the second time announces the same again.
  for (let time = 0; time < 2; time += 1) {
    const { outcome, published } = await deliver(training, clients, job);
    expect(outcome).toBe('done');
    messages.push(...published.map(({ content }) => modelMessage.parse(content)));
  }
  const [first, second] = messages.filter(({ job_id }) => job_id === job.batch_id);
  if (!first) throw new Error('Nothing was announced.');
  expect(second).toEqual(first);
  await kit.announce(first);
  return first;
}

it('judges models from elsewhere as those of its own, and gives them the same record', async () => {
  const { weights, bias } = learnLine();
  const refused = await submit(treeModel(4, 0, 0.5));
  expect(refused).toMatchObject({
    promoted: false,
    parent: null,
    report: { stored: true, submitted_by: 'ann' },
  });
  expect(refused.reason).not.toBe('');

  const line = await submit(linearModel(weights, bias));
  expect(line).toMatchObject({ promoted: true, records: 0, report: { backend: 'elsewhere' } });
  expect(line.accuracy).toBeGreaterThan(0.95);
  expect(await kit.db.models.live()).toMatchObject({ model_file_name: line.model_file_name });
  const file = await kit.store.load(line.model_file_name);
  const loaded = loadClassifier(banknotes, line.model_file_name, file);
  expect(answerRows(banknotes, loaded, sampleNotes).output).toHaveLength(2);
  expect(loaded.facts).toMatchObject({ backend: 'elsewhere', fingerprint: line.fingerprint });

  const same = await submit(networkModel(weights, bias));
  expect(same.parent).toBe(line.model_file_name);
  expect(same.report).toMatchObject({ challenger: expect.anything(), champion: expect.anything() });
  expect(same.report.flips).toBeDefined();

  // Labels alone, and a pipeline with an input for each feature: it may answer or not, and has the same record.
  const weightOf = (name: string) =>
    weights[banknotes.features.findIndex(({ column }) => column === name)] ?? 0;
  for (const model of [networkModel(weights, bias, 'labels'), pipelineModel(banknotes, weightOf)]) {
    const judged = await submit(model);
    expect(judged.report).toMatchObject({ challenger: expect.anything(), submitted_by: 'ann' });
    expect(judged.reason).not.toBe('');
  }

  // Our own training is held against it, and the other way round.
  const live = await kit.db.models.live();
  const trained = await kit.train();
  expect(trained?.parent).toBe(live?.model_file_name);
  const own = await kit.store.load(trained?.model_file_name ?? '');
  const answering = await kit.db.models.live();
  expect(await submit(Buffer.from(own))).toMatchObject({ parent: answering?.model_file_name });
});

it('does not take in again what a person took out', async () => {
  const { weights, bias } = learnLine();
  const file = linearModel(weights, bias);
  const { readForeignModel } = await import('@banknote-loop/shared/models');
  const { fingerprint } = readForeignModel(banknotes, file, encodeRows(banknotes, sampleNotes));
  const before = jest.spyOn(kit.db.decisions, 'rollbackOf').mockResolvedValue({
    model_file_name: 'model-1.json',
    made_by: 'ann',
    why: 'it was wrong',
    created: '2026-01-01T00:00:00.000Z',
  });
  const again = submitModel(file, { dataSet: banknotes, db: kit.db, store: kit.store, by: 'bob' });
  await expect(again).rejects.toThrow('was rolled back by ann: it was wrong');
  await expect(again).rejects.toBeInstanceOf(PermanentError);
  expect(before).toHaveBeenCalledWith(fingerprint);
  before.mockRestore();
});

it('judges no file again that a training made, or that was taken out since it came in', async () => {
  const { weights, bias } = learnLine();
  const clients = { db: await kit.ofFunction('training'), store: kit.store, ...rulesOf({}) };
  const own = await kit.train();
  const job = await submitModel(linearModel(weights, bias), {
    ...{ dataSet: banknotes, db: kit.db, store: kit.store, by: 'ann' },
  });
  const forged = { ...job, candidate: own?.model_file_name };
  expect(await deliver(training, clients, forged)).toMatchObject({
    outcome: 'permanent',
    deadLetters: [{ attributes: { dead_letter_reason: expect.stringContaining('no model') } }],
  });
  const undone = { model_file_name: 'model-1.json', made_by: 'ann', why: 'it was wrong', created: '' };
  const rollback = jest.spyOn(clients.db.decisions, 'rollbackOf').mockResolvedValue(undone);
  expect(await deliver(training, clients, job)).toMatchObject({
    outcome: 'permanent',
    deadLetters: [{ attributes: { dead_letter_reason: expect.stringContaining('rolled back by ann') } }],
  });
  rollback.mockRestore();
});
