import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import type { BatchSummaryAnswer, RequestMessage } from '@banknote-loop/shared/contract';
import { seededRandom } from '@banknote-loop/shared/learning';
import { findDifferences } from '@banknote-loop/shared/rebuild';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { AnswerKey } from '@banknote-loop/testing/traffic/answers';
import { type BatchMaker, readTraffic } from '@banknote-loop/testing/traffic/batches';
import { type MalformedKind, malformedKinds } from '@banknote-loop/testing/traffic/malformed';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import { openRecords, type Records } from '@banknote-loop/testing/traffic/records';
import { readLessons, readNotes, type StoredNote } from '@banknote-loop/testing/traffic/stored-rows';
import { Redis } from 'ioredis';

// The whole loop on this machine: the bundles that are deployed, real services, and from outside only what any program
// can do. The tests run in order on one loop, which is started anew on its own folder towards the end.

const stopWithinMs = 5_000;
const folder = makeTempFolder();
const random = seededRandom(1);

let traffic: BatchMaker;
let loop: Loop;
let outside: Outside;
let records: Records;
let redis: Redis;

async function start(): Promise<void> {
  const backoff = { minSeconds: 0.05, maxSeconds: 1 };
  loop = await startLoop({ folder, port: 0, durable: false, backoff, given: {} });
  const { environment } = loop;
  outside = new Outside(environment);
  redis = new Redis(Number(environment.REDISPORT), environment.REDISHOST ?? '');
  records = await openRecords(environment);
}

async function stop(): Promise<number> {
  await Promise.all([outside.close(), records.close(), redis.quit()]);
  const startedAt = performance.now();
  await loop.stop();
  return performance.now() - startedAt;
}

beforeAll(async () => {
  traffic = await readTraffic();
  await start();
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

function sendBatch(name: string, size = 3): { readonly batch: RequestMessage; readonly sent: Promise<void> } {
  const batch = traffic.makeBatch(name, size, random);
  return { batch, sent: outside.publish('request', batch) };
}

function stored(batches: readonly RequestMessage[]): Promise<StoredNote[]> {
  const notes = batches.reduce((sum, { subjects }) => sum + subjects.length, 0);
  const ids = batches.map(({ batch_id }) => batch_id);
  return until(`${notes} notes are stored`, async () => {
    const rows = await readNotes(banknotes, records.pool, ids);
    return rows.length >= notes && rows;
  });
}

function drained(): Promise<unknown> {
  return until('nothing is on its way any more', () =>
    loop.services.pubsub?.stats().every(({ undelivered }) => undelivered === 0),
  );
}

/** One batch, answered. */
async function predicted(name: string, size?: number) {
  const { batch } = sendBatch(name, size);
  return { batch, notes: await stored([batch]) };
}

it('answers every note exactly once, in Postgres and in Redis, as the model that it names would', async () => {
  const sizes = Array.from({ length: 200 }, (_, i) => (i === 100 ? 10_000 : 1 + Math.floor(random() * 40)));
  const sending = sizes.map((size, i) => sendBatch(`batch ${i}`, size));
  await Promise.all(sending.map(({ sent }) => sent));
  const batches = sending.map(({ batch }) => batch);

  const rows = Map.groupBy(await stored(batches), ({ batch_id }) => batch_id);
  const answers = new AnswerKey(records.store, banknotes);
  for (const { batch_id, subjects, features } of batches) {
    const notes = rows.get(batch_id) ?? [];
    expect(notes.map(({ position }) => position)).toEqual(subjects.map((_, i) => i));
    expect(notes.map(({ subject_id }) => subject_id)).toEqual(subjects);
    expect(notes.map(note => note.features)).toEqual(features);
    const right = await answers.answersOf(notes[0]?.model_file_name ?? '', features);
    expect(
      notes.map(({ prediction, score, probabilities }) => ({ prediction, score, probabilities })),
    ).toEqual(right);
  }

  await drained();
  const listed: BatchSummaryAnswer[] = (await redis.lrange('batches', 0, -1)).map(json => JSON.parse(json));
  expect(listed).toHaveLength(batches.length);
  for (const { batch_id, subjects } of batches) {
    const [entry, ...others] = listed.filter(one => one.batch_id === batch_id);
    expect(others).toEqual([]);
    expect(entry?.subjects).toEqual(subjects);
    expect(entry?.predictions).toEqual(rows.get(batch_id)?.map(({ prediction }) => prediction));
  }
});

it('serves what it knows over HTTP', async () => {
  const { batch } = await predicted('asked for over HTTP');
  await drained();
  expect(await getJson('/batches')).toMatchObject({
    source: 'cache',
    batches: expect.arrayContaining([expect.objectContaining({ batch_id: batch.batch_id })]),
  });
  expect(await getJson(`/batches/${batch.batch_id}`)).toMatchObject({ batch_id: batch.batch_id });
});

async function getJson(path: string): Promise<unknown> {
  const response = await fetch(loop.url + path);
  expect(response.status).toBe(200);
  return response.json();
}

it('learns from corrections: rows, a job, a better judged model, and the next answer is its own', async () => {
  const before = await redis.get('model:latest');
  const { batch, notes } = await predicted('to be corrected', 20);
  const ratings = notes.map((_, i) => (i < 2 ? 0 : 1));
  await outside.publish('feedback', { batch_id: batch.batch_id, subjects: batch.subjects, ratings });

  // Two wrong labels among a thousand cannot make the next model worse than its parent on what is held out.
  const latest = await until('another model is the latest', async () => {
    const name = await redis.get('model:latest');
    return name !== before && name;
  });
  const rated = await readNotes(banknotes, records.pool, [batch.batch_id]);
  expect(rated.map(({ is_correct }) => is_correct)).toEqual(ratings.map(rating => rating === 1));
  const lessons = await readLessons(records.pool, [batch.batch_id]);
  expect(lessons).toEqual(
    rated.map(({ position, prediction, is_correct }) => ({
      batch_id: batch.batch_id,
      position,
      class: (prediction === 'real') === is_correct ? 1 : 0,
    })),
  );
  await drained();
  const jobs = await records.db.jobs.newest(10);
  expect(jobs[0]?.model_file_name).toBe(latest);
  const models = await records.db.models.newest(10);
  expect(models[0]).toMatchObject({ model_file_name: latest, promoted: true, parent: before });

  await until('the new model answers', async () => {
    const { notes } = await predicted(`after the correction, ${random()}`, 1);
    return notes[0]?.model_file_name === latest;
  });
});

it('applies a rating that comes before the request it speaks of', async () => {
  const early = traffic.makeBatch('rated before it was sent', 2, random);
  const { batch_id, subjects } = early;
  await outside.publish('feedback', { batch_id, subjects, ratings: [0, 1] });
  await outside.publish('request', early);
  await until('both ratings are applied', async () => {
    const rows = await readNotes(banknotes, records.pool, [batch_id]);
    return rows.length === 2 && rows[0]?.is_correct === false && rows[1]?.is_correct === true;
  });
});

describe('a message that can never be processed', () => {
  it.each(malformedKinds(banknotes).map(kind => [`${kind.kind} (${kind.topic})`, kind] as const))(
    'goes to dead-letter with function, reason and field: %s',
    async (name, { topic, data, refusedBy, reason, field }: MalformedKind) => {
      await outside.publish(topic, data, { test_id: name });
      const letters = await until(`${refusedBy.join(' and ')} refused it`, () => {
        const found = outside.deadLetters.filter(({ attributes }) => attributes.test_id === name);
        return found.length >= refusedBy.length && found;
      });
      expect(letters.map(({ attributes }) => attributes.dead_letter_function).sort()).toEqual(refusedBy);
      for (const letter of letters) {
        expect(letter.data).toEqual(data);
        expect(letter.attributes.dead_letter_topic).toBe(topic);
        expect(letter.attributes.dead_letter_reason).toMatch(reason);
        expect(letter.attributes.dead_letter_field).toBe(field);
      }
    },
  );

  it('keeps nobody else waiting, and loses none of its neighbours', async () => {
    const { batch } = await predicted('after all that', 2);
    const subjects = [...batch.subjects, 'a stranger'];
    await outside.publish('feedback', { batch_id: batch.batch_id, subjects, ratings: [1, 1, 0] });
    const { attributes, data } = await until('the unknown subject is refused', () =>
      outside.deadLetters.find(letter => letter.attributes.correlation_id === batch.batch_id),
    );
    expect(attributes).toMatchObject({
      dead_letter_function: 'feedback-to-db',
      dead_letter_field: 'subjects',
    });
    expect(JSON.parse(data.toString())).toMatchObject({ subjects: ['a stranger'], ratings: [0] });
    const rows = await readNotes(banknotes, records.pool, [batch.batch_id]);
    expect(rows.map(({ is_correct }) => is_correct)).toEqual([true, true]);
  });
});

it('loses nothing when functions are killed while they work', async () => {
  const sending = Array.from({ length: 60 }, (_, i) => sendBatch(`during a crash ${i}`));
  const victims = ['prediction', 'prediction-to-db', 'prediction-to-cache'].flatMap(
    name => loop.functions.get(name) ?? [],
  );
  const before = victims.map(({ pid }) => pid);
  for (const victim of victims) victim.kill();
  await Promise.all(sending.map(({ sent }) => sent));

  expect(await stored(sending.map(({ batch }) => batch))).toHaveLength(180);
  for (const [i, victim] of victims.entries()) expect(victim.pid).not.toBe(before[i]);
});

it('ends within seconds, leaves no process behind, and begins where it ended', async () => {
  await drained();
  const pids = [...loop.functions.values()].flatMap(({ pid }) => pid ?? []);
  const latest = await redis.get('model:latest');
  const batches = await redis.lrange('batches', 0, -1);
  const jobs = await records.db.jobs.newest(500);

  expect(await stop()).toBeLessThan(stopWithinMs);
  expect(pids).toHaveLength(loop.functions.size);
  expect(pids.filter(isAlive)).toEqual([]);

  await start();
  expect(await redis.get('model:latest')).toBe(latest);
  expect(await redis.lrange('batches', 0, -1)).toEqual(batches);
  expect(await records.db.jobs.newest(500)).toEqual(jobs);
  await predicted('after the restart');
});

it('comes up again when Redis has lost everything', async () => {
  await drained();
  const latest = await redis.get('model:latest');
  await redis.flushall();
  await stop();
  await start();
  expect(await redis.get('model:latest')).toBe(latest);
  await predicted('after the loss');
  await drained();
  expect(await findDifferences(records.cache, records.db)).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
