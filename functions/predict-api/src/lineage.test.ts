import { type ModelMessage, timeOrderedUuid } from '@banknote-loop/shared';
import { ConflictError, NotFoundError } from '@banknote-loop/shared/base';
import {
  announcedDecision,
  type DecisionRequest,
  decisionsAnswer,
  explanationAnswer,
  jobsAnswer,
  modelAnswer,
  modelMessage,
  modelsAnswer,
  qualityAnswer,
  receiptAnswer,
  reviewersAnswer,
  trendsAnswer,
} from '@banknote-loop/shared/contract';
import type { Reply } from '@banknote-loop/shared/http';
import { LiveModelKeeper, loadClassifier } from '@banknote-loop/shared/models';
import { deliver, until } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestCache, quiet, type TestCache } from '@banknote-loop/testing/services';
import {
  type LabelledNote,
  type PreparedKit,
  prepareKit,
  type TrainingKit,
} from '@banknote-loop/testing/training-kit';
import trainingToCache from '../../training-to-cache/src/index.ts';
import type { Context } from './context.ts';
import { getDecisions, postDecision } from './decisions.ts';
import { getExplanation } from './explanation.ts';
import { getJobs } from './jobs.ts';
import { getReviewers, postLabelDecision } from './labels.ts';
import { getModel, getModels, getQuality, getTrends } from './models.ts';
import { getReceipt } from './receipt.ts';
import { rememberModels } from './stored-models.ts';

// From a correction to what became of it, as the routes tell it, on a real database, cache and store of models.

/** One model answers. */
let prepared: PreparedKit<ModelMessage | undefined>;
let kit: TrainingKit;
let redis: TestCache;
let keeper: LiveModelKeeper;
let context: Pick<
  Context,
  | 'dataSet'
  | 'db'
  | 'cache'
  | 'models'
  | 'store'
  | 'quality'
  | 'log'
  | 'caller'
  | 'auditRead'
  | 'principal'
  | 'publish'
>;
beforeAll(async () => {
  prepared = await prepareKit(({ train }) => train());
});
afterAll(() => prepared.close());
beforeEach(async () => {
  [kit, redis] = await Promise.all([prepared.open(), openTestCache()]);
  keeper = new LiveModelKeeper(
    {
      latestName: async () => (await kit.db.models.live())?.model_file_name,
      lastGoodName: async () => undefined,
      load: async fileName => loadClassifier(banknotes, fileName, await kit.store.load(fileName)),
    },
    quiet,
  );
  context = {
    dataSet: banknotes,
    db: await kit.ofFunction('predict-api'),
    cache: redis.cache,
    models: keeper,
    store: kit.store,
    quality: {
      windowDays: 7,
      rows: 1000,
      minimumRows: 100,
      driftThreshold: 0.25,
      mostRefusals: 5,
      mostSetAside: 50,
    },
    log: quiet,
    principal: 'ann@bank.example',
    auditRead: () => {},
    caller: {
      principal: 'ann@bank.example',
      address: '192.0.2.7',
      verified: false,
      scopes: new Set<string>(),
    },
    publish: async (_topic, message) => kit.announce(modelMessage.parse(message)),
  };
});
afterEach(async () => {
  await keeper.close();
  await Promise.all([kit.close(), redis.close()]);
});

/** The answer as a caller gets it. */
function bodyOf(reply: Reply): unknown {
  return 'body' in reply ? JSON.parse(JSON.stringify(reply.body)) : undefined;
}

const nothing = { params: undefined, query: undefined, body: undefined };
const notes = (count: number): LabelledNote[] =>
  Array.from({ length: count }, (_, i) => ({ features: [20 + i / 100, 20, 20, 5], label: 0 }));

async function receiptOf(batch: string) {
  const reply = await getReceipt.handle({ ...nothing, params: { id: batch } }, context);
  return receiptAnswer.parse(bodyOf(reply)).receipts;
}

/** Lets a model answer a note as soon as it is in use. */
async function answerBy(model_file_name = ''): Promise<void> {
  await until('the model is in use', async () => (await keeper.current()).fileName === model_file_name);
  const prediction = {
    batch_id: timeOrderedUuid(),
    subjects: ['another'],
    input: notes(1).map(({ features }) => features),
    output: ['fake' as const],
    model_file_name,
  };
  await kit.db.predictions.store({ prediction, created: new Date() });
}

it('explains a stored answer by the model that gave it, though another answers now', async () => {
  const first = prepared.made;
  await until('the model is in use', async () => (await keeper.current()).fileName !== undefined);
  const batch_id = timeOrderedUuid();
  const features = [3.6, 8.7, -2.8, -0.4];
  const { probabilities } = await keeper.current();
  const score = probabilities(Float64Array.from(features))[1] ?? -1;
  const stored = { output: ['real'], scores: [score], model_file_name: first?.model_file_name };
  const prediction = { batch_id, subjects: ['kept'], input: [features], ...stored };
  await kit.db.predictions.store({ prediction, created: new Date() });
  await kit.correct(notes(12), 'ann');
  const second = await kit.train();
  await answerBy(second?.model_file_name);
  const route = getExplanation(rememberModels());
  const ask = (id: string, subject: string) =>
    route.handle({ ...nothing, params: { id }, query: { subject } }, context);
  const explained = explanationAnswer.parse(bodyOf(await ask(batch_id, 'kept')));
  expect(explained).toMatchObject({ model_file_name: first?.model_file_name, explains: 'real' });
  const { base, contributions } = explained;
  expect(Object.keys(contributions)).toEqual(banknotes.features.map(({ column }) => column));
  expect(Object.values(contributions).reduce((sum, one) => sum + one, base)).toBeCloseTo(score, 9);
  await expect(ask(batch_id, 'another')).rejects.toThrow('There is no "another" in a batch');
});

it('follows a correction to the row, the training, the model, and the first answer that knows it', async () => {
  const batch = await kit.correct(notes(12), 'ann');
  expect(new Set((await receiptOf(batch)).map(({ words }) => words))).toEqual(
    new Set(['The rating waits for the next training.']),
  );
  const model = await kit.train();
  await answerBy(model?.model_file_name);
  const receipts = await receiptOf(batch);
  const learned = receipts.filter(({ training_row }) => training_row?.role === 'trains');
  const judging = receipts.filter(({ training_row }) => training_row?.role === 'judges');
  expect(learned.length + judging.length).toBe(12);
  expect(judging.length).toBeGreaterThan(0);
  for (const receipt of learned) {
    expect(receipt).toMatchObject({
      rating: 0,
      reviewer: 'ann',
      training_row: { label: 'fake' },
      job_id: model?.job_id,
      model: { model_file_name: model?.model_file_name, promoted: true },
      now: { model_file_name: model?.model_file_name, prediction: 'fake' },
      live_at: expect.any(String),
      correction_to_live_seconds: expect.any(Number),
    });
  }
  const jobs = jobsAnswer.parse(bodyOf(await getJobs.handle(nothing, context)));
  expect(jobs.correction_to_live).toEqual({
    corrections: learned.length,
    p50_seconds: learned[0]?.correction_to_live_seconds,
    p95_seconds: learned[0]?.correction_to_live_seconds,
  });
});

it('has no receipt for a batch that is not there', async () => {
  await expect(receiptOf(timeOrderedUuid())).rejects.toMatchObject({ status: 404 });
});

it('lets a person decide, names the caller, and keeps it', async () => {
  await kit.correct(notes(5));
  const second = await kit.train();
  const body = { kind: 'rollback', by: 'ann', why: 'too strict' } as const;
  const reply = await postDecision.handle({ ...nothing, body }, context);
  expect(announcedDecision.parse(bodyOf(reply))).toMatchObject({
    kind: 'rollback',
    replaces: second?.model_file_name,
    by: 'ann (ann@bank.example)',
  });
  expect(decisionsAnswer.parse(bodyOf(await getDecisions.handle(nothing, context)))).toMatchObject({
    decisions: [{ kind: 'rollback' }, { kind: 'training' }, { kind: 'training' }],
  });
  const models = modelsAnswer.parse(bodyOf(await getModels.handle(nothing, context)));
  expect(models).toMatchObject({ live: { kind: 'rollback', why: 'too strict' }, models: [{}, {}] });
  const one = await getModel.handle(
    { ...nothing, params: { name: models.models[1]?.model_file_name ?? '' } },
    context,
  );
  expect(modelAnswer.parse(bodyOf(one))).toMatchObject({ live: true });
  await expect(getModel.handle({ ...nothing, params: { name: 'nobody' } }, context)).rejects.toThrow(
    'no model nobody',
  );
});

it('refuses what cannot be decided: an unknown model, another that answers, a pin in the way', async () => {
  const account = { by: 'ann', why: 'because' };
  const decide = (body: DecisionRequest) => postDecision.handle({ ...nothing, body }, context);
  const unknown = { kind: 'promotion', model_file_name: 'nobody.json', ...account } as const;
  await expect(decide(unknown)).rejects.toThrow(NotFoundError);
  await expect(decide({ kind: 'pin', instead_of: 'nobody.json', ...account })).rejects.toThrow(ConflictError);
  await decide({ kind: 'pin', ...account });
  await expect(decide({ kind: 'rollback', ...account })).rejects.toThrow(ConflictError);
});

it("keeps a person's decision out of the list of trainings, but not out of effect", async () => {
  const model = prepared.made;
  const decision = { kind: 'promotion', by: 'ann', why: 'because' } as const;
  const later = new Date(Date.now() + 1000).toISOString();
  const cache = { cache: redis.cache, store: kit.store };
  await deliver(trainingToCache, cache, { ...model, created: later, decision });
  expect(await redis.cache.newestJobs(10)).toEqual([]);
  expect(await redis.cache.latestModelName()).toBe(model?.model_file_name);
  await deliver(trainingToCache, cache, model);
  expect(await redis.cache.newestJobs(10)).toEqual(await kit.db.jobs.newest(10));
});

it('tells how good the models are', async () => {
  await kit.correct(notes(5));
  expect(qualityAnswer.parse(bodyOf(await getQuality.handle(nothing, context)))).toMatchObject({
    models: [{ rated: 5, correct: 0 }],
    drift: Array.from({ length: 5 }, () => ({
      answered: 5,
      bins: expect.arrayContaining([expect.anything()]),
    })),
    alerts: [],
  });
  const { trends } = trendsAnswer.parse(
    bodyOf(await getTrends.handle({ ...nothing, query: { days: 1 } }, context)),
  );
  expect(trends).toEqual([
    { name: 'drift', points: [] },
    { name: 'set aside', points: expect.any(Array) },
    { name: 'queue age', points: [] },
  ]);
  // A point for each hour: two where another one began meanwhile.
  const [, setAside] = trends;
  expect(new Set(setAside?.points.map(({ value }) => value))).toEqual(new Set([0]));
});

it('tells what is set aside and why, and lets an operator have the last word', async () => {
  const batch = await kit.correct([{ features: [36_216, 8.6661, -2.8073, -0.44699], label: 1 }], 'ann');
  await kit.train();
  expect(await receiptOf(batch)).toMatchObject([
    { training_row: { role: 'set aside' }, words: expect.stringContaining('Its variance is 36216') },
  ]);
  const reviewers = async () => reviewersAnswer.parse(bodyOf(await getReviewers.handle(nothing, context)));
  expect(await reviewers()).toMatchObject({ reviewers: [{ reviewer: 'ann', set_aside: 1 }], set_aside: 1 });
  const publish = jest.fn(async () => {});
  const word = { batch_id: batch, learn: true, by: 'bob', why: 'it is that large' };
  const decide = (subject: string) =>
    postLabelDecision.handle({ ...nothing, body: { ...word, subject } }, { ...context, publish });
  await expect(decide('nobody')).rejects.toMatchObject({ status: 404 });
  expect(bodyOf(await decide('note 0'))).toMatchObject({ by: 'bob (ann@bank.example)', learn: true });
  expect(publish).toHaveBeenCalledTimes(1);
  await kit.train();
  expect(await reviewers()).toMatchObject({ set_aside: 0 });
});
