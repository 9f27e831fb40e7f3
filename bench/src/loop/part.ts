import type { Loop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { modelsAnswer } from '@banknote-loop/shared/contract';
import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { withEmptyFunction } from '../empty-function.ts';
import { measureHop } from '../hop/part.ts';
import { launchMeasured } from '../launch.ts';
import { percentile, spreadOf, timed } from '../measure.ts';
import { type Messages, messagesOf } from '../messages.ts';
import { ownerOf } from '../owner.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { type LoopTraffic, openTraffic, soon, timeoutMs } from '../traffic.ts';
import { sendNotes, withLoop } from '../with-loop.ts';

export const loop: Part = {
  name: 'loop',
  summary:
    'from publishing a request to its answer in Redis and PostgreSQL, and from a correction to the model that learned it',

  takesAnyTable: true,

  measure: effort =>
    withEmptyFunction(empty =>
      withLoop({ dataSet: effort.found }, async running => {
        const launched = await launchMeasured(empty);
        const parts = open(running, effort.found);
        try {
          return await measureLoop(parts, launched.port, effort);
        } finally {
          await parts.close();
          await launched.end();
        }
      }),
    ),
};

interface Parts {
  readonly loop: Loop;
  readonly traffic: LoopTraffic;
  readonly redis: Redis;
  readonly pool: Pool;
  readonly request: Messages['request'];
  readonly unseen: Messages['unseen'];
  close(): Promise<void>;
}

function open(running: Loop, found: FoundDataSet): Parts {
  const { REDISHOST = '', REDISPORT } = running.environment;
  const traffic = openTraffic(running);
  const redis = new Redis({ host: REDISHOST, port: Number(REDISPORT) });
  const pool = ownerOf(running.services, running.environment);
  return {
    loop: running,
    traffic,
    redis,
    pool,
    ...messagesOf(found),
    async close() {
      redis.disconnect();
      await Promise.all([pool.end(), traffic.close()]);
    },
  };
}

async function measureLoop(parts: Parts, emptyPort: number, effort: Effort): Promise<Findings> {
  const hop = await measureHop(parts.traffic, 'empty function', emptyPort, () => parts.request(1), effort);
  await notesPerSecond(parts, 1, 100);
  const seen = await latencies(parts, effort.quick ? 20 : 200);
  const single = spreadOf(
    await repeat(effort.rounds, () => notesPerSecond(parts, 1, effort.quick ? 500 : 2_000)),
  );
  const large = spreadOf(
    await repeat(effort.rounds, () => notesPerSecond(parts, 1_000, effort.quick ? 20 : 60)),
  );
  const corrections = spreadOf(await repeat(effort.quick ? 2 : 5, () => correctionToLive(parts)));
  const hopLatency = percentile(hop.latencies, 0.5);
  return {
    tables: [
      {
        title: 'The loop',
        columns: ['what', 'measured'],
        rows: [
          ['one empty hop, p50 in ms', hopLatency],
          ['one empty hop, messages/s', hop.perSecond],
          ['request to Redis, p50 in ms', percentile(seen.redis, 0.5)],
          ['request to Redis, p99 in ms', percentile(seen.redis, 0.99)],
          ['request to PostgreSQL, p50 in ms', percentile(seen.postgres, 0.5)],
          ['request to PostgreSQL, p99 in ms', percentile(seen.postgres, 0.99)],
          ['single notes, notes/s', single],
          ['batches of 1,000 notes, notes/s', large],
          ['correction to live, in seconds', corrections],
        ],
      },
    ],
    targets: [
      {
        what: 'p50 from request to visible: times an empty hop',
        measured: Math.max(percentile(seen.redis, 0.5), percentile(seen.postgres, 0.5)) / hopLatency,
        atMost: 4,
      },
      {
        what: 'single notes: times what an empty hop carries',
        measured: single.median / hop.perSecond,
        atLeast: 1,
      },
      { what: 'single notes: notes a second', measured: single.median, atLeast: 3_000 },
      { what: 'batches of 1,000 notes: notes a second', measured: large.median, atLeast: 50_000 },
      { what: 'correction to live: seconds', measured: corrections.median, atMost: 3 },
    ],
  };
}

/** At a light load: one request after the other. */
async function latencies({ traffic, redis, pool, request }: Parts, count: number) {
  const found: { redis: number[]; postgres: number[] } = { redis: [], postgres: [] };
  for (let i = 0; i < count; i += 1) {
    const message = request(1);
    const { batch_id } = message;
    const startedAt = performance.now();
    const since = (): number => performance.now() - startedAt;
    await traffic.publish('request', message);
    await Promise.all([
      soon('Redis has it', async () => (await redis.zscore('batches:index', batch_id)) !== null).then(() =>
        found.redis.push(since()),
      ),
      soon('PostgreSQL has it', async () => (await stored(pool, batch_id)) !== undefined).then(() =>
        found.postgres.push(since()),
      ),
    ]);
  }
  const inOrder = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
  return { redis: inOrder(found.redis), postgres: inOrder(found.postgres) };
}

async function stored(pool: Pool, batchId: string): Promise<{ readonly model: string } | undefined> {
  const text = 'select model_file_name as model from predictions where batch_id = $1 limit 1';
  const { rows } = await pool.query<{ model: string }>({ name: 'bench-stored', text, values: [batchId] });
  return rows[0];
}

/** All at once, until Redis and PostgreSQL have all of them. */
async function notesPerSecond({ traffic, request }: Parts, notes: number, batches: number): Promise<number> {
  const messages = Array.from({ length: batches }, () => request(notes));
  const wanted = traffic.acked('prediction') + batches;
  // Answers of one moment travel in one message: so nobody can tell how many there will be, but only that none waits.
  const ends = ['prediction-to-cache', 'prediction-to-db'];
  const ms = await timed(async () => {
    await Promise.all(messages.map(message => traffic.publish('request', message)));
    await soon(
      'all batches are stored',
      () => traffic.acked('prediction') >= wanted && ends.every(name => traffic.waiting(name) === 0),
    );
  });
  return ((notes * batches) / ms) * 1_000;
}

/** So many models in a row are no accident any more. */
const mostRefused = 20;

/**
 * In seconds, from the moment at which a person says of an answer what it is. A model that learned it may be refused by the
 * judge, as models of a small table often are: then nothing goes live, and another correction is made.
 */
async function correctionToLive(parts: Parts): Promise<number> {
  for (let refused = 0; refused < mostRefused; refused += 1) {
    const startedAt = await correct(parts);
    if (startedAt !== undefined) return (performance.now() - startedAt) / 1_000;
  }
  throw new Error(`The judge refused ${mostRefused} models in a row.`);
}

/** Corrects one answer; when that began, if what was learned from it is live. */
async function correct(parts: Parts): Promise<number | undefined> {
  const { loop: running, redis, unseen } = parts;
  const { batch_id, subjects } = await sendNotes(running, unseen());
  const before = await redis.get('model:latest');
  const newest = await newestModel(running);
  const startedAt = performance.now();
  await fetch(`${running.url}/batches/${batch_id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subjects, ratings: [1] }),
  });
  let lookedAt = startedAt;
  const isRefused = async (): Promise<boolean> => {
    if (performance.now() - lookedAt < 250) return false;
    lookedAt = performance.now();
    const model = await newestModel(running);
    return model?.promoted === false && model.model_file_name !== newest?.model_file_name;
  };
  const outcome = await until(
    'a model has learned it',
    async () => ((await redis.get('model:latest')) !== before ? 'live' : (await isRefused()) && 'refused'),
    timeoutMs,
    1,
  );
  if (outcome === 'refused') return undefined;
  await answeredAnew(parts, before);
  return startedAt;
}

async function newestModel({ url }: Loop) {
  const { models } = modelsAnswer.parse(await (await fetch(`${url}/models`)).json());
  return models[0];
}

/** On a busy machine there may be a model after the one that was waited for, and so any other than before will do. */
async function answeredAnew({ traffic, pool, request }: Parts, before: string | null): Promise<void> {
  await soon('a new model answers', async () => {
    const probe = request(1);
    await traffic.publish('request', probe);
    await soon('the probe is answered', async () => (await stored(pool, probe.batch_id)) !== undefined);
    return (await stored(pool, probe.batch_id))?.model !== before;
  });
}

async function repeat(times: number, work: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < times; i += 1) values.push(await work());
  return values;
}
