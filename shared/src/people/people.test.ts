import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { aModel, aPrediction } from '@banknote-loop/testing';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import fc from 'fast-check';
import type { FeedbackMessage } from '../contract/messages.ts';
import { personExport } from '../contract/people.ts';
import { deadLetterTopic } from '../contract/topics.ts';
import { type DeadLetters, openDeadLetters } from '../pubsub/dead-letters.ts';
import { countedAs, countRequest } from '../redis/rate-limit.ts';
import { exportPerson, forgetPerson } from './people.ts';

let test: TestDatabase;
let redis: TestCache;
let pubsub: PubSub;
let clients: Clients;
let deadLetters: DeadLetters;
beforeAll(async () => {
  pubsub = await startPubSub();
  clients = connectClients(pubsub.address);
  await clients.pubsub.createTopic(deadLetterTopic);
  await clients.pubsub.topic(deadLetterTopic).createSubscription(deadLetterTopic, { ackDeadlineSeconds: 60 });
  deadLetters = await openDeadLetters({ PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: pubsub.address });
});
afterAll(async () => {
  await deadLetters.close();
  await clients.close();
  await pubsub.close();
});
beforeEach(async () => {
  test = await openTestDatabase({ seeded: false });
  redis = await openTestCache();
  jobs = [];
});
afterEach(async () => {
  await deadLetters.drop(new Set((await deadLetters.listAll()).map(({ id }) => id)));
  await redis.close();
  await test.close();
});

let jobs: FeedbackMessage[];
const keepJob = async (job: FeedbackMessage): Promise<void> => void jobs.push(job);
const asked = { by: 'the officer', address: '192.0.2.9', onlyLook: false };
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function forget(person: string, { onlyLook = false, publishJob = keepJob } = {}) {
  return forgetPerson(
    person,
    { db: test.db, deadLetters, cache: redis.cache, publishJob },
    { ...asked, onlyLook },
  );
}

/** A batch of two notes that somebody rates. */
async function rated(reviewer: string, { verified = true, second = 1 } = {}): Promise<string> {
  const prediction = aPrediction();
  const { batch_id, subjects } = prediction;
  await test.db.predictions.store({ prediction, created: at(0) });
  await test.db.ratings.apply({ batch_id, subjects, ratings: [1, 0], reviewer, verified }, at(second));
  await test.db.training.sync(batch_id, subjects);
  return batch_id;
}

/** Every column of text in which a person may stand: what is left behind below stands in each of them. */
const ofPeople = [
  ...['audit.address', 'audit.after', 'audit.before', 'audit.target', 'audit.who'],
  ...['decisions.made_by', 'decisions.why', 'jobs.report', 'label_changes.reviewer'],
  ...[
    'models.message',
    'models.reason',
    'predictions.reviewer',
    'review_leases.holder',
    'reviewer_counts.reviewer',
  ],
  ...['skipped_trainings.reason', 'training.kept_by', 'training.reviewer', 'training.seconded_by'],
  ...['training.set_aside', 'words.reviewer'],
];
/** All others: names of items, files and kinds, and sentences of our own that name nobody. */
const ofNobody = [
  ...[
    'alerts.name',
    'audit.action',
    'data_set.declaration',
    'data_set.layouts',
    'data_set.name',
    'data_set.seed',
    'decisions.kind',
  ],
  ...['decisions.model_file_name', 'decisions.replaces', 'figures.name', 'forgotten.pseudonym'],
  ...[
    'jobs.model_file_name',
    'models.content_sha256',
    'models.file_name',
    'models.fingerprint',
    'models.parent',
  ],
  ...[
    'predictions.model_file_name',
    'predictions.prediction',
    'predictions.subject_id',
    'predictions.true_label',
  ],
  ...['review_leases.subject', 'schema_versions.checksum', 'schema_versions.name'],
  ...[
    'skipped_trainings.fingerprint',
    'skipped_trainings.message_id',
    'training.checked_by',
    'training.doubt',
  ],
  ...['training.oddity', 'training.outvoted', 'training.role', 'training.set_aside_by'],
];

/** Everything that a person leaves behind who rates, decides and is recorded. */
async function leaveTraces(person: string): Promise<void> {
  const own = await rated(person);
  const others = await rated('somebody else');
  const learned = aModel({
    model_file_name: 'model-2.json',
    reason: `The model model-1.json is pinned by ${person} (audit week).`,
    report: { submitted_by: person },
  });
  await test.db.models.recordAnnouncement(learned, at(5));
  // Their labels turn out improbable, which is counted: once up to now, and since then.
  await test.pool.query('insert into reviewer_counts values ($1, 3, 1, 0.5)', [person]);
  await test.pool.query('update training set plausibility = 0.2, unlike = 0.1 where reviewer = $1', [person]);
  await test.db.predictions.store({ prediction: aPrediction(), created: at(0) });
  await test.db.reviews.lease({
    ...{ holder: `window of ${own}`, principal: person, order: 'newest', count: 1, keep: [], seconds: 60 },
  });
  const { keys } = await test.db.labels.unchecked('nobody', 10);
  const changes = keys.map(key => ({ ...key, role: 'trains' as const }));
  await test.db.training.recordRoles(
    learned.job_id,
    changes.filter(({ batch_id }) => batch_id === own),
  );
  await test.db.labels.decide(others, 'a', {
    learn: false,
    by: `M. (${person})`,
    why: 'I saw it',
    address: '192.0.2.1',
  });
  const kept = await rated('somebody else');
  await test.db.labels.decide(kept, 'a', { learn: true, by: person, why: 'so it is', address: '192.0.2.1' });
  await test.pool.query('update training set seconded_by = $1 where batch_id = $2 and kept_by is null', [
    person,
    kept,
  ]);
  await test.db.ratings.apply(
    { batch_id: others, subjects: ['b'], ratings: [0], reviewer: person, verified: true },
    at(9),
  );
  await test.db.ratings.apply(
    { batch_id: others, subjects: ['b'], ratings: [0], reviewer: 'a third', verified: true },
    at(10),
  );
  await test.db.decisions.record(
    { ...learned, decision: { kind: 'pin', by: person, why: `${person}, as agreed.` } },
    at(6),
    '192.0.2.1',
  );
  const skipped = {
    messageId: person,
    batchId: own,
    fingerprint: 'f',
    reason: `It was rolled back by ${person}: bad`,
  };
  await test.db.skippedTrainings.record({ ...skipped, messageId: 'm' }, at(7));
  await test.db.audit.record(
    { who: person, address: '192.0.2.1', action: 'read', target: 'batches', times: 3 },
    { who: 'ann', address: person, action: 'read', target: `batches of ${person}` },
    {
      who: 'ann',
      action: 'rating-for-another',
      before: [{ subject: 'x', reviewer: person }],
      after: { deep: [person] },
    },
  );
  const body = { batch_id: own, subjects: ['gone'], ratings: [1], reviewer: person };
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ json: body });
  await countRequest(redis.cache.redis, countedAs.name(person), 1);
}

/** In how many places a text stands by itself, of all columns of all tables. */
async function placesOf(name: string): Promise<readonly string[]> {
  const { rows } = await test.pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'jsonb') order by 1, 2`,
  );
  const places: string[] = [];
  for (const { table, column } of rows) {
    const found = await test.pool.query(
      `select from ${table} where with_other_name(${column}, $1, 'x') is distinct from ${column}`,
      [name],
    );
    places.push(...found.rows.map(() => `${table}.${column}`));
  }
  return places;
}

it('decides of every column of text whether a person may stand there', async () => {
  const { rows } = await test.pool.query<{ place: string }>(
    `select table_name || '.' || column_name as place from information_schema.columns
     where table_schema = 'public' and udt_name in ('text', 'varchar', 'json', 'jsonb', '_text', '_varchar')`,
  );
  expect(rows.map(({ place }) => place).toSorted()).toEqual([...ofPeople, ...ofNobody].toSorted());
});

describe('a person who is forgotten', () => {
  it('stands in no table, cache or dead letter any more, and nobody else is touched', async () => {
    await leaveTraces('mira');
    await leaveTraces('mira@example.com');
    await rated('miranda');
    const before = await Promise.all(['mira@example.com', 'miranda', 'ann'].map(placesOf));
    expect([...new Set(await placesOf('mira'))].toSorted()).toEqual(ofPeople);
    const { rows: counted } = await test.pool.query('select count(*) from audit');

    const gone = await forget('mira');
    expect(gone).toMatchObject({
      pseudonym: expect.stringMatching(/^person-[\da-f]{16}$/),
      found: {
        ratings: 2,
        training_rows: 2,
        words: 3,
        labels_of_others: 3,
        decisions: 2,
        models: 1,
        jobs: 1,
        skipped_trainings: 1,
        review_leases: 1,
        reviewer_counts: 1,
      },
      dead_letters: 1,
      models_taught: [{ model_file_name: 'model-2.json', learned: 2, judged: 0 }],
      retraining: true,
    });
    expect(await placesOf('mira')).toEqual([]);
    expect(await Promise.all(['mira@example.com', 'miranda', 'ann'].map(placesOf))).toEqual(before);
    expect((await test.pool.query('select count(*) from audit')).rows).toEqual([
      { count: String(Number(counted[0].count) + 1) },
    ]);
    expect(await redis.cache.redis.keys('*mira')).toEqual([]);
    expect((await deadLetters.find(() => true)).map(({ data }) => JSON.parse(String(data)).reviewer)).toEqual(
      ['mira@example.com'],
    );
    expect(jobs).toEqual([expect.objectContaining({ ratings: [null] })]);
  });

  it('leaves a record of it, and a pseudonym that holds what they did together', async () => {
    await leaveTraces('mira');
    const { pseudonym } = await forget('mira');
    const [record, ...others] = await test.db.audit.newest(100, undefined, {});
    expect(record).toMatchObject({
      who: 'the officer',
      address: '192.0.2.9',
      action: 'person-forgotten',
      target: pseudonym,
      after: { ratings: 2, models_taught: [{ model_file_name: 'model-2.json' }] },
    });
    expect(others).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ who: pseudonym, address: null, action: 'read', times: 3 }),
        expect.objectContaining({ who: `M. (${pseudonym})`, action: 'label-decision' }),
        expect.objectContaining({
          before: [{ subject: 'x', reviewer: pseudonym }],
          after: { deep: [pseudonym] },
        }),
      ]),
    );
    expect(await test.db.decisions.newest(1)).toMatchObject([
      { made_by: pseudonym, why: `${pseudonym}, as agreed.` },
    ]);
  });

  it('is found no second time', async () => {
    await leaveTraces('mira');
    await forget('mira');
    const state = async () => [
      await test.db.audit.newest(99, undefined, {}),
      await test.db.people.forgotten(),
    ];
    const before = await state();
    jobs = [];
    expect(await forget('mira')).toMatchObject({
      found: { ratings: 0, audit: 0 },
      dead_letters: 0,
      retraining: false,
    });
    expect(await state()).toEqual(before);
    expect(jobs).toEqual([]);
  });

  it('is forgotten wholly by asking again where it was cut off', async () => {
    await leaveTraces('mira');
    const cutOff = async (): Promise<void> => {
      throw new Error('The process was killed.');
    };
    await expect(forget('mira', { publishJob: cutOff })).rejects.toThrow('killed');
    expect(await test.db.people.forgotten()).toMatchObject([{ finished: null }]);
    expect(await forget('mira')).toMatchObject({ retraining: true });
    expect(jobs).toHaveLength(1);
    expect(await test.db.people.forgotten()).toMatchObject([{ finished: expect.any(String) }]);
  });

  it('says nothing any more by ratings that come late, and may come back', async () => {
    const batch_id = await rated('somebody else');
    await forget('mira');
    const rate = async (time: Date) => {
      await test.db.ratings.apply(
        { batch_id, subjects: ['a'], ratings: [0], reviewer: 'mira', verified: true },
        time,
      );
      const { rows } = await test.pool.query(
        'select reviewer, is_correct from predictions where position = 0',
      );
      return rows[0];
    };
    expect(await rate(at(20))).toEqual({ reviewer: 'somebody else', is_correct: true });
    expect(await rate(new Date(Date.now() + 1_000))).toEqual({ reviewer: 'mira', is_correct: false });
  });
});

it('only says what would go, if asked so', async () => {
  await leaveTraces('mira');
  const state = async () => [
    await placesOf('mira'),
    (await deadLetters.listAll()).length,
    await test.db.people.forgotten(),
  ];
  const before = await state();
  const would = await forget('mira', { onlyLook: true });
  expect(await state()).toEqual(before);
  expect(jobs).toEqual([]);
  expect(await forget('mira')).toEqual(would);
});

it('takes any name for what it is', async () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter(text => !text.includes('\u0000'));
  await fc.assert(
    fc.asyncProperty(name, async person => {
      await test.db.audit.record({
        who: person,
        action: 'read',
        before: { by: person },
        after: [`as "${person}" says`],
      });
      await test.db.people.forget(person, asked, { onlyLook: false });
      const [, record] = await test.db.audit.newest(2, undefined, {});
      expect(record).toMatchObject({
        who: expect.stringMatching(/^person-/),
        before: { by: expect.stringMatching(/^person-/) },
      });
    }),
    { numRuns: 50 },
  );
});

it('hands out all that is kept of a person, and writes down that it did', async () => {
  await leaveTraces('mira');
  await rated('miranda');
  const all = await exportPerson('mira', { db: test.db, deadLetters }, asked);
  expect(personExport.parse(JSON.parse(JSON.stringify(all)))).toMatchObject({
    person: 'mira',
    ratings: [{ reviewer: 'mira', subject_id: 'a' }, { subject_id: 'b' }],
    decisions: [{ made_by: 'training', why: expect.stringContaining('mira') }, { made_by: 'mira' }],
    models: [{ model_file_name: 'model-2.json', submitted_by: 'mira' }],
    skipped_trainings: [{ reason: expect.stringContaining('mira') }],
    models_taught: [{ learned: 2 }],
    dead_letters: [{ data: expect.stringContaining('"reviewer":"mira"') }],
    logs: { caller: 'mira', correlation_ids: [all.ratings[0]?.batch_id] },
  });
  expect(all.training_rows).toHaveLength(5);
  expect(all.review_leases).toHaveLength(1);
  expect(all.reviewer_counts.length).toBeGreaterThan(1);
  expect(all.words).toHaveLength(3);
  expect(all.audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['read', 'rating-for-another', 'label-decision', 'model-decision']),
  );
  expect(await test.db.audit.newest(1, undefined, {})).toMatchObject([
    { action: 'person-export', target: 'mira' },
  ]);
});

describe('a function', () => {
  it.each(['select key from pseudonym_key', `select pseudonym_of('mira')`, 'delete from forgotten'])(
    'has no right to: %s',
    async statement => {
      await expect(test.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('changes no record by saying that it forgets', async () => {
    await test.db.audit.record({ who: 'ann', action: 'read' });
    const change = `set loop.forgetting = 'on'; update audit set who = 'bob'`;
    await expect(test.pool.query(change)).rejects.toMatchObject({ code: '42501' });
    await test.pool.query('reset loop.forgetting');
    const asOwner = `set loop.forgetting = 'on'; update audit set times = 2`;
    await expect(test.asOwner(asOwner)).rejects.toThrow('only ever added to');
  });
});
