import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { prepareBucket } from '@banknote-loop/local/prepare-cloud';
import { type LocalStorage, startStorage } from '@banknote-loop/local-cloud';
import { aModel, aPrediction, until } from '@banknote-loop/testing';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import { type ModelStore, openModelStore } from '../bucket/model-store.ts';
import { findDifferences } from '../rebuild/rebuild-cache.ts';
import { expire } from './expire.ts';
import { keepSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-expiry-'));
let storage: LocalStorage;
let models: ModelStore;
let test: TestDatabase;
let redis: TestCache;
beforeAll(async () => {
  process.env.METADATA_SERVER_DETECTION = 'none';
  storage = await startStorage({ folder });
  const address = { PROJECT_ID: 'test', BUCKET: 'models', STORAGE_EMULATOR_HOST: storage.url };
  await prepareBucket(address);
  models = await openModelStore(address, 'banknotes');
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  [test, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
});
afterEach(() => Promise.all([test.close(), redis.close()]));

/** This day's beginning: the tables know what time it is, too. */
const now = new Date(new Date().setUTCHours(0, 0, 0, 0));
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const run = (settings: Readonly<Record<string, string>>, at = now) =>
  expire({ db: test.db, cache: redis.cache, models }, keepSettings.parse(settings), at);

/** A batch as it is predicted, stored and listed. */
async function predicted(subjects: readonly string[], created: Date): Promise<string> {
  const prediction = aPrediction({ subjects: [...subjects] });
  await test.db.predictions.store({ prediction, created });
  await redis.cache.addBatch(prediction, created);
  return prediction.batch_id;
}

async function rate(batch_id: string, subject: string, rating: 0 | 1 | null, at: Date): Promise<void> {
  await test.db.ratings.apply({ batch_id, subjects: [subject], ratings: [rating] }, at);
  await test.db.training.sync(batch_id, [subject]);
}

const subjectsOf = async (batchId: string) =>
  (await test.db.batches.notes(batchId)).map(({ subject }) => subject);

it('keeps all for ever where nothing is said', async () => {
  const batch = await predicted(['a', 'b'], daysAgo(10_000));
  expect(await run({})).toEqual({});
  expect(await subjectsOf(batch)).toEqual(['a', 'b']);
});

it('deletes what nobody has rated, and nothing that anybody has', async () => {
  const old = await predicted(['a', 'b'], daysAgo(31));
  const rated = await predicted(['c', 'd', 'e'], daysAgo(31));
  await rate(rated, 'd', 0, daysAgo(30.5));
  const takenBackLately = await predicted(['f'], daysAgo(31));
  await rate(takenBackLately, 'f', 1, daysAgo(30.5));
  await rate(takenBackLately, 'f', null, daysAgo(2));
  const takenBackLongAgo = await predicted(['g'], daysAgo(32));
  await rate(takenBackLongAgo, 'g', 1, daysAgo(31.9));
  await rate(takenBackLongAgo, 'g', null, daysAgo(31.5));
  const young = await predicted(['h'], daysAgo(29));

  expect(await run({ KEEP_UNRATED_DAYS: '30' })).toEqual({ batches: 3, notes: 4 });
  expect(await subjectsOf(old)).toEqual([]);
  // The first note of a batch stands for it in the lists, and stays with any other.
  expect(await subjectsOf(rated)).toEqual(['c', 'd']);
  expect(await subjectsOf(takenBackLately)).toEqual(['f']);
  expect(await subjectsOf(takenBackLongAgo)).toEqual([]);
  expect(await subjectsOf(young)).toEqual(['h']);
  const words = await test.pool.query('select batch_id from words where batch_id = $1', [takenBackLongAgo]);
  expect(words.rows).toEqual([]);
  // What models learn from is what it was, and nobody reads of batches that are gone.
  expect((await test.pool.query('select batch_id from training')).rows).toEqual([{ batch_id: rated }]);
  expect(await findDifferences(redis.cache, test.db)).toEqual([]);
  expect(await run({ KEEP_UNRATED_DAYS: '30' })).toEqual({ batches: 0, notes: 0 });
  expect(await test.db.audit.newest(10, undefined, { action: 'records-expired' })).toEqual([
    expect.objectContaining({ who: 'keep', after: { batches: 3, notes: 4 } }),
  ]);
});

it('puts what goes into the bucket first, with all that was known of it', async () => {
  const old = await predicted(['first', 'says "no", twice'], daysAgo(40));
  const created = daysAgo(40).toISOString();
  const { archived = [] } = await run({ KEEP_UNRATED_DAYS: '30', KEEP_ARCHIVE: 'on' });
  expect(archived).toEqual([
    expect.stringMatching(new RegExp(`^archive/predictions-${created}-${old}-\\d+\\.csv\\.gz$`)),
  ]);
  const text = gunzipSync(await contentOf(archived[0] ?? '')).toString();
  const [header, ...lines] = text.trimEnd().split('\n');
  expect(header).toBe(
    'batch_id,position,subject,variance,skewness,curtosis,entropy,prediction,score,unlike,abstained,model_file_name,rating,reviewer,created',
  );
  expect(lines).toEqual([
    `${old},0,first,0,0.25,-0.5,10,real,0.9,,,model-1.json,,,${created}`,
    `${old},1,"says ""no"", twice",1,1.25,0.5,9,fake,0.1,,,model-1.json,,,${created}`,
  ]);
});

it('deletes nothing that could not be put into the bucket', async () => {
  const old = await predicted(['a'], daysAgo(40));
  const full = { archive: () => Promise.reject(new Error('The bucket is gone.')) };
  const stores = { db: test.db, cache: redis.cache, models: Object.assign(Object.create(models), full) };
  const settings = keepSettings.parse({ KEEP_UNRATED_DAYS: '30', KEEP_ARCHIVE: 'on' });
  await expect(expire(stores, settings, now)).rejects.toThrow('The bucket is gone.');
  expect(await subjectsOf(old)).toEqual(['a']);
});

it('goes through more than it takes at a time', async () => {
  await test.asOwner(`insert into predictions (batch_id, position, subject_id, variance, skewness, curtosis, entropy, prediction, created)
    select gen_random_uuid(), 0, 'note', 0, 0, 0, 0, 'real', now() - interval '100 days' + n * interval '1 second'
    from generate_series(1, 4500) as n;
    update predictions set rated_at = now() where extract(second from created)::int = 7`);
  const { rowCount: stay } = await test.pool.query('select from predictions where rated_at is not null');
  expect(stay).toBeGreaterThan(50);
  const gone = 4_500 - (stay ?? 0);
  expect(await run({ KEEP_UNRATED_DAYS: '30' })).toEqual({ batches: gone, notes: gone });
});

it('lets a rating count that comes while it deletes', async () => {
  const batch = await predicted(['a', 'b'], daysAgo(31));
  const rater = await test.pool.connect();
  try {
    await rater.query('begin');
    await rater.query(
      'update predictions set is_correct = true, rated_at = now() where batch_id = $1 and position = 1',
      [batch],
    );
    const expiring = run({ KEEP_UNRATED_DAYS: '30' });
    const isWaiting = async (): Promise<boolean> => {
      const { rows } = await test.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    };
    await until('the deletion waits for the rating', isWaiting, 120_000);
    await rater.query('commit');
    expect(await expiring).toEqual({ batches: 0, notes: 0 });
  } finally {
    rater.release();
  }
  expect(await subjectsOf(batch)).toEqual(['a', 'b']);
});

it('lets nobody delete what is young, or more than has had its time', async () => {
  const batch = await predicted(['a', 'b'], daysAgo(31));
  const soon = new Date(Date.now() + 60_000);
  const early = /^What is younger than 12:00:00 stays/;
  const { expiry } = test.db;
  await expect(expiry.unratedBefore(soon)).rejects.toThrow(early);
  await expect(expiry.modelsBefore(soon)).rejects.toThrow(early);
  await expect(expiry.recordsBefore(soon)).rejects.toThrow(early);
  await expect(test.pool.query('delete from predictions')).rejects.toThrow(/permission denied/);
  const trainer = await test.ofFunction('training');
  await expect(trainer.expiry.unratedBefore(daysAgo(1))).rejects.toThrow(/permission denied/);
  expect(await subjectsOf(batch)).toEqual(['a', 'b']);
});

it('forgets models that were refused and that nothing depends on, file, row and job', async () => {
  const record = async (model_file_name: string, promoted: boolean, over = {}): Promise<void> => {
    await models.save(model_file_name, `{"data_set":{"name":"banknotes"},"of":"${model_file_name}"}`);
    const model = aModel({ model_file_name, promoted, fingerprint: model_file_name, ...over });
    await test.db.models.recordAnnouncement(model, daysAgo(100));
  };
  await record('live.json', true);
  await record('refused.json', false);
  await record('answered.json', false);
  await record('parent.json', false);
  await record('child.json', true, { parent: 'parent.json' });
  const prediction = aPrediction({ model_file_name: 'answered.json' });
  await test.db.predictions.store({ prediction, created: daysAgo(1) });

  expect(await run({ KEEP_REFUSED_MODELS_DAYS: '101' })).toEqual({ models: [] });
  expect(await run({ KEEP_REFUSED_MODELS_DAYS: '99' })).toEqual({ models: ['refused.json'] });
  expect((await test.db.models.newest(10)).map(one => one.model_file_name).toSorted()).toEqual([
    ...['answered.json', 'child.json', 'live.json', 'parent.json'],
  ]);
  expect(await test.db.jobs.newest(10)).toHaveLength(4);
  expect(await models.find('refused.json')).toBeUndefined();
  expect(await models.find('answered.json')).toContain('answered');
});

it('lets old numbers and trainings that were put off go', async () => {
  await test.asOwner(`insert into figures values ('p99', now() - interval '91 days', 1), ('p99', now(), 1);
    insert into skipped_trainings values ('1', gen_random_uuid(), 'f', 'r', now() - interval '91 days'), ('2', gen_random_uuid(), 'f', 'r', now())`);
  expect(await run({ KEEP_RECORDS_DAYS: '90' })).toEqual({ records: 2 });
});

it('takes the oldest out of the audit log, says so in it, and never what is younger than 90 days', async () => {
  const yearsOn = new Date(Date.now() + 1_000 * 86_400_000);
  await test.db.audit.record({ who: 'mira', action: 'sign-in' });
  await expect(test.db.expiry.auditBefore(yearsOn)).rejects.toThrow(/^What is younger than 89 days stays/);
  await expect(test.pool.query('delete from audit')).rejects.toThrow(/permission denied/);
  await expect(test.asOwner('delete from audit')).rejects.toThrow(/only ever added to/);
  await test.asOwner(`insert into audit (created, who, action) values ('2020-01-01', 'omar', 'sign-in')`);
  expect(await run({ KEEP_AUDIT_DAYS: '90' }, new Date())).toEqual({ audit: 1 });
  expect(await test.db.audit.newest(10, undefined, {})).toEqual([
    expect.objectContaining({
      action: 'records-expired',
      target: 'audit',
      after: expect.objectContaining({ records: 1 }),
    }),
    expect.objectContaining({ who: 'mira' }),
  ]);
  expect(() => keepSettings.parse({ KEEP_AUDIT_DAYS: '89' })).toThrow(/90 days/);
});

/** What an object of the bucket holds. */
async function contentOf(name: string): Promise<Buffer> {
  const answer = await fetch(`${storage.url}/storage/v1/b/models/o/${encodeURIComponent(name)}?alt=media`);
  return Buffer.from(await answer.arrayBuffer());
}
