import { describe } from '@banknote-loop/shared/base';
import type { Context } from './context.ts';

interface Found<Entry> {
  readonly entries: readonly Entry[];
  /** Whether they come from the cache or, since that failed, from the database. */
  readonly source: 'cache' | 'database';
}

/** Reads from the cache, and from the database while that cannot be reached. */
export async function readThrough<Entry>(
  { cache, db, log }: Pick<Context, 'cache' | 'db' | 'log'>,
  fromCache: (cache: Context['cache']) => Promise<readonly Entry[]>,
  fromDatabase: (db: Context['db']) => Promise<readonly Entry[]>,
): Promise<Found<Entry>> {
  try {
    return { entries: await fromCache(cache), source: 'cache' };
  } catch (error) {
    log.warn({ reason: describe(error) }, 'the cache could not be read: answering from the database');
    return { entries: await fromDatabase(db), source: 'database' };
  }
}
