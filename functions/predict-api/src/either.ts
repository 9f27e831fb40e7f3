import { describe } from '@banknote-loop/shared/base';
import type { Given } from './given.ts';

interface Found<Entry> {
  readonly entries: readonly Entry[];
  /** Whether the answer came from the fast copy or, that being away, from the truth itself. */
  readonly source: 'cache' | 'database';
}

/** Reads from Redis, or from Postgres while Redis cannot be reached. */
export async function fromEither<Entry>(
  { cache, db, log }: Pick<Given, 'cache' | 'db' | 'log'>,
  fast: (from: Given['cache']) => Promise<readonly Entry[]>,
  sure: (from: Given['db']) => Promise<readonly Entry[]>,
): Promise<Found<Entry>> {
  try {
    return { entries: await fast(cache), source: 'cache' };
  } catch (error) {
    log.warn({ reason: describe(error) }, 'Redis is away: answering from the database');
    return { entries: await sure(db), source: 'database' };
  }
}
