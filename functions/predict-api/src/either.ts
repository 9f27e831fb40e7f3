import { describe } from '@banknote-loop/shared/errors.ts';
import type { Given } from './given.ts';

interface Found {
  readonly entries: readonly unknown[];
  /** Whether the answer came from the fast copy or, that being away, from the truth itself. */
  readonly source: 'cache' | 'database';
}

/** Reads from Redis, or from Postgres while Redis cannot be reached. */
export async function fromEither(
  { cache, db, log }: Given,
  fast: (from: Given['cache']) => Promise<readonly unknown[]>,
  sure: (from: Given['db']) => Promise<readonly unknown[]>,
): Promise<Found> {
  try {
    return { entries: await fast(cache), source: 'cache' };
  } catch (error) {
    log.warn({ reason: describe(error) }, 'Redis is away: answering from the database');
    return { entries: await sure(db), source: 'database' };
  }
}
