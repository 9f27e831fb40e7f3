import type { FeedbackMessage, ModelMessage, PredictionMessage } from '@banknote-loop/shared';
import { trainingRules, uuidFromName } from '@banknote-loop/shared';
import { KeyRing } from '@banknote-loop/shared/base';
import { Queues } from '@banknote-loop/shared/monitoring';
import type { Database } from '@banknote-loop/shared/postgres';
import { RatingSignatures } from '@banknote-loop/shared/pubsub';
import { aModel, aNote, type DeliveryOptions, deliver } from '@banknote-loop/testing';
import { openTestStore, type TestStore } from '@banknote-loop/testing/model-files';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import fc from 'fast-check';
import feedbackToDb from './feedback-to-db/src/index.ts';
import feedbackToTraining from './feedback-to-training/src/index.ts';
import predictionToCache from './prediction-to-cache/src/index.ts';
import predictionToDb from './prediction-to-db/src/index.ts';
import trainingToCache from './training-to-cache/src/index.ts';
import trainingToDb from './training-to-db/src/index.ts';

// Delivery is at least once and unordered. Whatever happens on the way, the tables and lists must end up as if every
// message had come once, and in order.

let database: TestDatabase;
let cache: TestCache;
let models: TestStore;
/** The database as each function sees it. */
const own = new Map<string, Database>();
beforeAll(async () => {
  [database, cache, models] = await Promise.all([
    openTestDatabase({ seeded: false }),
    openTestCache(),
    openTestStore('model-0.json', 'model-1.json', 'model-2.json'),
  ]);
  for (const { name } of [predictionToDb, feedbackToDb, feedbackToTraining, trainingToDb]) {
    own.set(name, await database.ofFunction(name));
  }
});
afterAll(() => Promise.all([database.close(), cache.close(), models.close()]));

interface Sent<Content> {
  readonly content: Content;
  /** When it was published, in seconds. */
  readonly second: number;
}

interface Scenario {
  readonly predictions: readonly Sent<PredictionMessage>[];
  readonly feedback: readonly Sent<FeedbackMessage>[];
  readonly announcements: readonly Sent<ModelMessage>[];
}

/** One message on its way to one function. */
type Step = () => Promise<readonly Step[]>;

const second = fc.integer({ min: 1, max: 4 });
const names = ['a', 'b', 'c'];
const batchOf = (number: number) => uuidFromName('batch', String(number));

const prediction = fc.record({
  scores: fc.array(fc.constantFrom(0.1, 0.9), { minLength: 1, maxLength: 3 }),
  second,
});

const predictions = fc.array(prediction, { minLength: 1, maxLength: 3 }).map(batches =>
  batches.map(({ scores, second }, number): Sent<PredictionMessage> => {
    const subjects = names.slice(0, scores.length);
    const output = scores.map(score => (score > 0.5 ? 'real' : 'fake'));
    const input = subjects.map((_, i) => aNote(number * 10 + i));
    return { content: { batch_id: batchOf(number), subjects, input, output, scores }, second };
  }),
);

const feedback = fc.record({
  batch: fc.nat({ max: 2 }),
  given: fc.uniqueArray(fc.tuple(fc.constantFrom(...names, 'stranger'), fc.constantFrom(0, 1, null)), {
    selector: ([name]) => name,
    minLength: 1,
    maxLength: 3,
  }),
  reviewer: fc.constantFrom('Ada', 'Bob'),
  second,
});

const announcements = fc.array(fc.record({ promoted: fc.boolean(), second }), { maxLength: 3 }).map(all =>
  all.map(({ promoted, second }, number): Sent<ModelMessage> => {
    const model_file_name = `model-${number}.json`;
    return { content: aModel({ model_file_name, promoted, created: timeOf(second).toISOString() }), second };
  }),
);

const scenario: fc.Arbitrary<Scenario> = fc
  .record({ predictions, feedback: fc.array(feedback, { maxLength: 5 }), announcements })
  .map(({ predictions, feedback, announcements }) => ({
    predictions,
    announcements,
    feedback: feedback
      // A rating of a batch that never comes waits for ever: that is tested elsewhere.
      .filter(({ batch }) => batch < predictions.length)
      .map(({ batch, given, reviewer, second }) => {
        const [subjects, ratings] = [given.map(([name]) => name), given.map(([, rating]) => rating)];
        return { content: { batch_id: batchOf(batch), subjects, ratings, reviewer }, second };
      }),
  }));

function timeOf(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
}

function databaseOf({ name }: { readonly name: string }): Database {
  return own.get(name) ?? database.db;
}

/** Nobody counts what waits, so that nobody gives up waiting. */
const queues = new Queues(undefined);
const signatures = new RatingSignatures(new KeyRing(undefined));

/** Nothing is given up, however long ago the scenarios are. */
const environment = { EVENT_MAX_AGE_SECONDS: '10000000000' };

/** The deliveries that a scenario begins with; each may lead to more. */
function stepsOf({ predictions, feedback, announcements }: Scenario): Step[] {
  const to = <Content>(
    all: readonly Sent<Content>[],
    run: (content: Content, at: DeliveryOptions) => ReturnType<typeof deliver>,
    next: (content: unknown) => Step | undefined = () => undefined,
  ): Step[] =>
    all.map(({ content, second }) => {
      const step: Step = async () => {
        const { outcome, published } = await run(content, { publishTime: timeOf(second), environment });
        if (outcome === 'transient') return [step];
        return published.flatMap(one => next(one.content) ?? []);
      };
      return step;
    });
  const learn = (content: unknown): Step => {
    const step: Step = async () => {
      const db = databaseOf(feedbackToTraining);
      const { outcome } = await deliver(feedbackToTraining, { db }, content);
      return outcome === 'transient' ? [step] : [];
    };
    return step;
  };
  return [
    ...to(predictions, (content, at) =>
      deliver(predictionToDb, { db: databaseOf(predictionToDb) }, content, at),
    ),
    ...to(predictions, (content, at) => deliver(predictionToCache, cache, content, at)),
    ...to(
      feedback,
      (content, at) =>
        deliver(feedbackToDb, { db: databaseOf(feedbackToDb), queues, signatures }, content, at),
      learn,
    ),
    ...to(announcements, (content, at) =>
      deliver(trainingToDb, { db: databaseOf(trainingToDb), store: models.store }, content, at),
    ),
    ...to(announcements, (content, at) =>
      deliver(trainingToCache, { cache: cache.cache, store: models.store }, content, at),
    ),
  ];
}

async function clear(): Promise<void> {
  await cache.cache.redis.flushdb();
  await database.asOwner(
    'truncate predictions, training, words, reviewer_counts, label_changes, jobs, models',
  );
}

/** All that anybody can see in the end. */
async function outcome(): Promise<unknown> {
  const rows = async (table: string, order: string) =>
    (await database.pool.query(`select * from ${table} order by ${order}`)).rows;
  // Before each training labels are checked, and for those that look wrong it is settled who agrees with whom.
  const { keys } = await database.db.labels.unchecked('a model', 1_000);
  const improbable = { plausibility: 0.1, unlike: 0.5, oddity: null };
  await database.db.labels.recordChecks(
    'a model',
    keys.map(key => ({ ...key, ...improbable })),
  );
  await database.db.labels.settle(trainingRules.parse({}).suspicion);
  const { redis } = cache.cache;
  return {
    predictions: await rows('predictions', 'batch_id, position'),
    training: await rows('training', 'batch_id, position'),
    words: await rows('words', 'batch_id, position, reviewer'),
    jobs: await rows('jobs', 'id'),
    models: await rows('models', 'file_name'),
    lists: [await redis.lrange('batches', 0, -1), await redis.lrange('jobs', 0, -1)],
    latest: await redis.mget('model:latest', 'model:latest:accuracy'),
  };
}

async function inOrder(scenario: Scenario): Promise<unknown> {
  await clear();
  for (const step of stepsOf(scenario)) await finish(step);
  return outcome();
}

/** Takes a step, and all that it leads to. */
async function finish(step: Step): Promise<void> {
  for (const next of await step()) await finish(next);
}

/** Evenly from 0 to 1: fast-check's own choice of numbers, mostly very small ones, would keep nearly every order. */
const share = fc.noBias(fc.nat({ max: 9_999 })).map(number => number / 10_000);

/** Starts the deliveries in an order of its own, several at a time, some of them twice. */
async function inDisorder(scenario: Scenario, chance: () => number): Promise<unknown> {
  await clear();
  const waiting = stepsOf(scenario).flatMap(step => (chance() < 0.4 ? [step, step] : [step]));
  while (waiting.length > 0) {
    const group = Array.from({ length: 1 + Math.floor(chance() * 4) }, () => {
      const [step] = waiting.splice(Math.floor(chance() * waiting.length), 1);
      return step;
    });
    const led = await Promise.all(group.map(async step => (step ? step() : [])));
    for (const next of led.flat()) waiting.push(next, ...(chance() < 0.3 ? [next] : []));
  }
  return outcome();
}

it('ends the same whatever the order, and however often each message comes', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, fc.infiniteStream(share), async (scenario, dice) => {
      const expected = await inOrder(scenario);
      expect(await inDisorder(scenario, () => dice.next().value)).toEqual(expected);
    }),
    { numRuns: 120 },
  );
  // Thousands of statements: some 15 seconds alone, and many times that on a machine that has other work.
});
