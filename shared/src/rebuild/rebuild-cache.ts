import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../postgres/database.ts';
import type { Cache, ListName, LiveNow } from '../redis/cache.ts';
import type { ListEntry } from '../redis/newest-list.ts';

export interface Rebuilt {
  readonly batches: number;
  readonly jobs: number;
  readonly model: string | undefined;
  /** What was not as in Postgres before, in words. */
  readonly corrected: readonly string[];
}

/** What Redis should hold, by what Postgres holds. */
interface Expected {
  readonly lists: Readonly<Record<ListName, readonly ListEntry[]>>;
  readonly model: LiveNow | undefined;
}

const pauseMs = 200;

/**
 * Makes Redis what Postgres says, while the loop goes on turning. A message reaches the two at different moments, so
 * the two are only equal once what is on its way has arrived: until `settleMs` are over, entries that Postgres does
 * not know are taken for such; after that, Postgres is right. Throws if the two cannot be made equal.
 */
export async function rebuildCache(cache: Cache, db: Database, settleMs = 10_000): Promise<Rebuilt> {
  const corrected = await findDifferences(cache, db);
  const deadline = Date.now() + settleMs;
  for (;;) {
    const mayBeUnderWay = Date.now() < deadline;
    const expected = await readExpected(cache, db);
    await write(cache, expected, mayBeUnderWay ? 'keep' : 'drop');
    const { lists, model } = expected;
    const left = await findDifferences(cache, db);
    if (left.length === 0) {
      const [batches, jobs] = [lists.batches.length, lists.jobs.length];
      return { batches, jobs, model: model?.model_file_name, corrected };
    }
    if (!mayBeUnderWay) throw new Error(`Redis and Postgres still differ: ${left.join(' ')}`);
    await delay(pauseMs);
  }
}

/** Says in words where Redis is not what Postgres says; nothing where the two are equal. */
export async function findDifferences(cache: Cache, db: Database): Promise<string[]> {
  const { lists, model } = await readExpected(cache, db);
  const [batches, jobs, name, isPinned] = await Promise.all([
    cache.rawEntries('batches'),
    cache.rawEntries('jobs'),
    cache.latestModelName(),
    cache.isPinned(),
  ]);
  return [
    ...compare('batches', lists.batches, batches),
    ...compare('jobs', lists.jobs, jobs),
    ...(name === model?.model_file_name
      ? []
      : [`model:latest is ${name ?? 'missing'} instead of ${model?.model_file_name ?? 'missing'}.`]),
    ...(isPinned === (model?.isPin ?? false) ? [] : ['model:latest:pinned is not what was decided.']),
  ];
}

async function readExpected(cache: Cache, db: Database): Promise<Expected> {
  const [batches, jobs, model] = await Promise.all([
    db.batches.newest(cache.boundOf('batches')),
    db.jobs.newest(cache.boundOf('jobs')),
    db.models.live(),
  ]);
  return {
    lists: {
      batches: batches.map(batch => cache.batchEntry(batch)),
      jobs: jobs.map(job => cache.jobEntry(job)),
    },
    model: model && { ...model, created: new Date(model.created), isPin: model.kind === 'pin' },
  };
}

async function write(cache: Cache, { lists, model }: Expected, others: 'keep' | 'drop'): Promise<void> {
  await cache.replace('batches', lists.batches, others);
  await cache.replace('jobs', lists.jobs, others);
  if (others === 'drop') await cache.overwriteLatestModel(model);
  else if (model) await cache.setLatestModel(model, model.created, model);
}

function compare(list: ListName, entries: readonly ListEntry[], found: readonly string[]): string[] {
  const expected = entries.map(({ json }) => json);
  if (expected.length === found.length && expected.every((json, i) => json === found[i])) return [];
  const there = new Set(found);
  const known = new Set(expected);
  const missing = expected.filter(json => !there.has(json)).length;
  const unknown = found.filter(json => !known.has(json)).length;
  if (missing + unknown === 0)
    return [`The list ${list} is in another order than in Postgres, or holds doubles.`];
  return [`The list ${list} lacks ${missing} entries and holds ${unknown} that Postgres does not know.`];
}
