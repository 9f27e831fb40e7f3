import { type FeedbackMessage, topics } from '@banknote-loop/shared';
import { KeyRing } from '@banknote-loop/shared/base';
import { Queues } from '@banknote-loop/shared/monitoring';
import type { Database } from '@banknote-loop/shared/postgres';
import { RatingSignatures } from '@banknote-loop/shared/pubsub';
import { aFeedback, aPrediction, type DeliveryOptions, deliver } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import feedbackToDb from './index.ts';

let test: TestDatabase;
/** As the user that the function logs in as. */
let db: Database;
/** What our own API signs with, and what somebody else might try. */
let keys = `ours:${'a'.repeat(64)}`;
const signatures = new RatingSignatures(new KeyRing(async () => keys));
const forged = new RatingSignatures(new KeyRing(async () => `ours:${'b'.repeat(64)}`));
/** How many messages wait, by function, when they were counted last; null where nobody counts. */
let waiting: Readonly<Record<string, number>> | null = null;
let countedAt = new Date();

/** What else happens while they are counted. */
let meanwhile = async () => {};

async function countWaiting() {
  await meanwhile();
  return Object.entries(waiting ?? {}).map(([subscription_id, count]) => ({
    metric: { type: 'messages' },
    resource: { labels: { subscription_id } },
    points: [{ interval: { endTime: countedAt.toISOString() }, value: { int64Value: count } }],
  }));
}

function rate(feedback: unknown, options?: DeliveryOptions) {
  return deliver(feedbackToDb, { db, queues: new Queues(countWaiting), signatures }, feedback, options);
}

beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
  db = await test.ofFunction('feedback-to-db');
});
afterAll(() => test.close());

async function aStoredBatch(): Promise<string> {
  const prediction = aPrediction();
  await test.db.predictions.store({ prediction, created: new Date(0) });
  return prediction.batch_id;
}

const attributes = { 'ce-time': '2026-01-01T00:00:00.000Z' };

it('notes what people say, and passes it on', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch(), ratings: [1, 0], reviewer: 'Ada' });
  expect(await rate(feedback)).toMatchObject({
    outcome: 'done',
    published: [{ topic: 'training', content: feedback }],
  });
  expect(await test.db.batches.notes(feedback.batch_id)).toMatchObject([
    { rating: 1, reviewer: 'Ada' },
    { rating: 0, reviewer: 'Ada' },
  ]);
});

it('passes nothing on when the same comes again after it was learned', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch() });
  await rate(feedback, { attributes });
  await test.db.training.sync(feedback.batch_id, feedback.subjects);
  const again = await rate(feedback, { attributes });
  expect(again).toEqual({ outcome: 'done', published: [], deadLetters: [] });
});

it('passes it on with the next delivery when the first died after its commit', async () => {
  const feedback = aFeedback({ batch_id: await aStoredBatch() });
  const onPublish = () => {
    throw new Error('Pub/Sub is away');
  };
  const first = await rate(feedback, { attributes, onPublish });
  expect(first).toMatchObject({ outcome: 'transient', published: [] });
  const second = await rate(feedback, { attributes });
  expect(second).toMatchObject({ outcome: 'done', published: [{ topic: 'training' }] });
});

it('waits for a prediction that the rating has overtaken', async () => {
  const prediction = aPrediction();
  const feedback = aFeedback({ batch_id: prediction.batch_id });
  expect(await rate(feedback)).toMatchObject({
    outcome: 'transient',
    deadLetters: [],
  });
  await test.db.predictions.store({ prediction, created: new Date(0) });
  expect(await rate(feedback)).toMatchObject({ outcome: 'done' });
});

describe('who rated', () => {
  const signedAt = new Date('2026-01-01T00:00:01.000Z');

  async function stored(batchId: string) {
    const text = 'select reviewer, verified, rated_at from predictions where batch_id = $1 order by position';
    return (await test.pool.query(text, [batchId])).rows;
  }

  async function aVerified() {
    return aFeedback({
      batch_id: await aStoredBatch(),
      ratings: [1, 0],
      reviewer: 'ada@bank.example',
      verified: true,
    });
  }

  it('counts as verified if our own API has signed it, as of then', async () => {
    const feedback = await signatures.sign(await aVerified(), signedAt);
    expect((await rate(feedback)).outcome).toBe('done');
    const row = { reviewer: 'ada@bank.example', verified: true, rated_at: signedAt.toISOString() };
    expect(await stored(feedback.batch_id)).toEqual([row, row]);
  });

  it.each<[string, (feedback: FeedbackMessage) => Promise<FeedbackMessage>]>([
    ['nobody has signed it', async feedback => feedback],
    ['another key has signed it', feedback => forged.sign(feedback, signedAt)],
    ['the signature is no signature', async feedback => ({ ...feedback, signature: 'x' })],
    [
      'other ratings were signed',
      async feedback => {
        const { signature } = await signatures.sign({ ...feedback, ratings: [0, 0] }, signedAt);
        return { ...feedback, ...(signature && { signature }) };
      },
    ],
    [
      'another time was signed',
      async feedback => {
        const { signature = '' } = await signatures.sign(feedback, signedAt);
        return { ...feedback, signature: signature.replace('2026', '2027') };
      },
    ],
    [
      'a key has signed it that is none of ours',
      async feedback => {
        const others = new RatingSignatures(new KeyRing(async () => `theirs:${'b'.repeat(64)}`));
        return others.sign(feedback, signedAt);
      },
    ],
  ])('does not if %s', async (_why, make) => {
    const feedback = await make(await aVerified());
    expect((await rate(feedback, { attributes })).outcome).toBe('done');
    const row = { reviewer: 'ada@bank.example', verified: false };
    expect(await stored(feedback.batch_id)).toMatchObject([row, row]);
  });

  it('still counts when the part that was refused is replayed', async () => {
    const subjects = ['a', 'x'];
    const feedback = await signatures.sign(
      { ...(await aVerified()), subjects, labels: ['real', 'fake'] },
      signedAt,
    );
    const { deadLetters } = await rate(feedback);
    const part = topics.feedback.schema(banknotes).parse(deadLetters[0]?.content);
    expect(part).toMatchObject({ subjects: ['x'], ratings: [0], labels: ['fake'], verified: true });
    expect(await signatures.timeOf(part, new Date())).toEqual(signedAt);
  });

  it('counts after a change of the key, as soon as it is known here', async () => {
    const changed = `new:${'c'.repeat(64)},${keys}`;
    const feedback = await new RatingSignatures(new KeyRing(async () => changed)).sign(
      await aVerified(),
      signedAt,
    );
    const now = { attributes: { 'ce-time': new Date().toISOString() } };
    expect((await rate(feedback, now)).outcome).toBe('transient');
    keys = changed;
    jest.useFakeTimers({ now: Date.now() + 60_000, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
    try {
      expect((await rate(feedback, now)).outcome).toBe('done');
    } finally {
      jest.useRealTimers();
    }
    expect(await stored(feedback.batch_id)).toMatchObject([{ verified: true }, { verified: true }]);
  });

  it('does not become newer by being published again', async () => {
    const feedback = await signatures.sign(await aVerified(), signedAt);
    const later = await signatures.sign({ ...feedback, ratings: [0, 0] }, new Date(signedAt.getTime() + 1));
    await rate(later);
    await rate(feedback, { attributes: { 'ce-time': '2026-06-01T00:00:00.000Z' } });
    expect(await test.db.batches.notes(feedback.batch_id)).toMatchObject([{ rating: 0 }, { rating: 0 }]);
  });
});

describe('a batch that nobody knows', () => {
  const time = new Date('2026-01-01T00:00:00.000Z');
  const later = new Date(time.getTime() + 60_000);
  const nothing = { prediction: 0, 'prediction-to-db': 0 };

  it.each<[string, typeof waiting, Date, number]>([
    ['at first', nothing, later, 4],
    ['while a batch waits to be predicted', { ...nothing, prediction: 1 }, later, 99],
    ['while one waits to be stored', { ...nothing, 'prediction-to-db': 1 }, later, 99],
    ['while the queues have not been counted since', nothing, time, 99],
    ['where nobody counts', null, later, 99],
  ])('is waited for %s', async (_when, waits, counted, deliveryAttempt) => {
    [waiting, countedAt] = [waits, counted];
    const { outcome, deadLetters } = await rate(aFeedback(), { attributes, deliveryAttempt });
    expect({ outcome, deadLetters }).toEqual({ outcome: 'transient', deadLetters: [] });
  });

  it('is given up after a few deliveries once nothing is on its way, with all that was said of it', async () => {
    [waiting, countedAt] = [nothing, later];
    const feedback = aFeedback();
    const { outcome, deadLetters } = await rate(feedback, { attributes, deliveryAttempt: 5 });
    expect(outcome).toBe('permanent');
    expect(deadLetters).toMatchObject([
      {
        content: feedback,
        attributes: { dead_letter_reason: expect.stringContaining(`There is no batch ${feedback.batch_id}`) },
      },
    ]);
  });

  it('is not given up when it is stored while the queues are being counted', async () => {
    const prediction = aPrediction();
    [waiting, countedAt] = [nothing, later];
    meanwhile = () => test.db.predictions.store({ prediction, created: time });
    const feedback = aFeedback({ batch_id: prediction.batch_id });
    expect(await rate(feedback, { attributes, deliveryAttempt: 5 })).toMatchObject({ outcome: 'done' });
  });
});

it('refuses the subjects that the batch does not have, and rates the others', async () => {
  const batch_id = await aStoredBatch();
  const feedback = aFeedback({ batch_id, subjects: ['a', 'x', 'y'], ratings: [1, 0, null], reviewer: 'Ada' });
  const { outcome, published, deadLetters } = await rate(feedback);
  expect({ outcome, published: published.length }).toEqual({ outcome: 'done', published: 1 });
  expect(deadLetters).toMatchObject([
    {
      content: { batch_id, subjects: ['x', 'y'], ratings: [0, null], reviewer: 'Ada' },
      attributes: {
        correlation_id: batch_id,
        dead_letter_field: 'subjects',
        dead_letter_reason: expect.stringMatching(/^The batch has no subject named "[xy]", "[xy]"\.$/),
      },
    },
  ]);
  expect(await test.db.batches.notes(batch_id)).toMatchObject([{ rating: 1 }, { rating: null }]);
});

it('refuses a rating that is none', async () => {
  const batch_id = await aStoredBatch();
  const bad = { ...aFeedback({ batch_id }), ratings: [1, 'no'] };
  expect(await rate(bad)).toMatchObject({ outcome: 'permanent', published: [] });
  expect(await test.db.batches.notes(batch_id)).toMatchObject([{ rating: null }, { rating: null }]);
});
