import type { topics } from '@banknote-loop/shared';
import type { Request } from '@banknote-loop/shared/http/route.ts';
import type { Database } from '@banknote-loop/shared/postgres/database.ts';
import type { Cache } from '@banknote-loop/shared/redis/cache.ts';

/** What each route of this function works with. */
export interface Given extends Request<typeof topics.feedback> {
  readonly cache: Cache;
  readonly db: Database;
}
