import { gzipSync } from 'node:zlib';
import type { ModelStore } from '../bucket/model-store.ts';
import { csvLine } from '../data-set/cell.ts';
import type { Database } from '../postgres/database.ts';
import type { UnratedNote } from '../postgres/expiry.ts';
import { rebuildCache } from '../rebuild/rebuild-cache.ts';
import type { Cache } from '../redis/cache.ts';
import type { KeepSettings } from './settings.ts';

interface Stores {
  readonly db: Database;
  readonly cache: Cache;
  readonly models: ModelStore;
}

/** What went: nothing is said of what is kept for ever. */
export interface Gone {
  readonly batches?: number;
  readonly notes?: number;
  /** The files that notes went into. */
  readonly archived?: readonly string[];
  readonly models?: readonly string[];
  readonly records?: number;
  readonly audit?: number;
}

const dayMs = 86_400_000;

/** Takes out of tables, bucket and Redis what has been kept for as long as the settings say, and writes down what went. */
export async function expire(stores: Stores, keep: KeepSettings, now = new Date()): Promise<Gone> {
  const { db, cache, models } = stores;
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  const { KEEP_UNRATED_DAYS, KEEP_REFUSED_MODELS_DAYS, KEEP_RECORDS_DAYS, KEEP_AUDIT_DAYS } = keep;
  const gone: Gone = {
    ...(KEEP_UNRATED_DAYS &&
      (await expireUnrated(stores, before(KEEP_UNRATED_DAYS), keep.KEEP_ARCHIVE === 'on'))),
    ...(KEEP_REFUSED_MODELS_DAYS && {
      models: await expireModels(db, models, before(KEEP_REFUSED_MODELS_DAYS)),
    }),
    ...(KEEP_RECORDS_DAYS && { records: await db.expiry.recordsBefore(before(KEEP_RECORDS_DAYS)) }),
    ...(KEEP_AUDIT_DAYS && { audit: await db.expiry.auditBefore(before(KEEP_AUDIT_DAYS)) }),
  };
  const { notes = 0, models: names = [], records = 0 } = gone;
  if (notes + names.length + records > 0) {
    const { audit: _ofItself, ...after } = gone;
    await db.audit.record({ who: 'keep', action: 'records-expired', after });
  }
  // The lists in Redis may hold what the tables no longer do.
  if (notes + names.length > 0) await rebuildCache(cache, db);
  return gone;
}

/** What went, in lines for a person. */
export function describeGone({ batches, notes, archived = [], models = [], records, audit }: Gone): string[] {
  return [
    ...(notes === undefined
      ? []
      : [`${notes} predictions of ${batches} batches that nobody had rated are gone`]),
    ...archived.map(file => `archived in ${file}`),
    ...models.map(model => `${model} is gone: it was refused`),
    ...(records === undefined ? [] : [`${records} old records are gone`]),
    ...(audit === undefined ? [] : [`${audit} old entries of the audit log are gone`]),
  ];
}

async function expireUnrated({ db, models }: Stores, time: Date, archives: boolean) {
  if (!archives) return db.expiry.unratedBefore(time);
  const archived: string[] = [];
  const gone = await db.expiry.unratedBefore(time, async notes => {
    const [first] = notes;
    if (!first) return;
    // Two runs never begin with the same batch, unless the first was cut off: then it is there twice, and not lost.
    const name = `archive/predictions-${new Date(first.created).toISOString()}-${first.batch_id}-${Date.now()}.csv.gz`;
    await models.archive(name, gzipSync(csvOf(notes)));
    archived.push(name);
  });
  return { ...gone, archived };
}

/** With a header that names the columns as the table has them. */
function csvOf(notes: readonly UnratedNote[]): string {
  const columns = Object.keys(notes[0] ?? {});
  const lines = notes.map(note => {
    const cells = new Map(Object.entries(note));
    return columns.map(column => cellOf(cells.get(column)));
  });
  return [columns, ...lines].map(csvLine).join('');
}

function cellOf(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

async function expireModels(db: Database, store: ModelStore, time: Date): Promise<readonly string[]> {
  const names = await db.expiry.refusedModelsBefore(time);
  for (const name of names) await store.remove(name);
  await db.expiry.modelsBefore(time);
  return names;
}
