import { join } from 'node:path';
import { startPostgres } from '@banknote-loop/local/postgres';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { startRedis } from '@banknote-loop/local/redis';
import { ensureRedisInstalled } from '@banknote-loop/local/redis-install';
import { createLogger } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { connectPostgres, Database, Password } from '@banknote-loop/shared/postgres';
import { Cache, connectRedis } from '@banknote-loop/shared/redis';
import type { Redis } from 'ioredis';
import { Pool } from 'pg';
import { makeFolder } from './folder.ts';

const silent = createLogger('bench', 'silent');
const password = 'only-for-measuring';

/** A real PostgreSQL and a real Redis, as durable as those of `npm start`, and the ways to them that functions use. */
export interface Stores {
  readonly db: Database;
  readonly cache: Cache;
  /** The same connections, for what is measured beside. */
  readonly pool: Pool;
  readonly redis: Redis;
  /** For what the functions have no right to do, such as emptying a table. */
  readonly owner: Pool;
  close(): Promise<void>;
}

export async function openStores(): Promise<Stores> {
  const folder = makeFolder();
  await ensureRedisInstalled(line => console.error(line));
  const [postgres, redisServer] = await Promise.all([
    startPostgres({ folder: join(folder.path, 'postgres') }),
    startRedis({ folder: join(folder.path, 'redis') }),
  ]);
  const { DBPORT, ...access } = await prepareDatabase(postgres, 'banknotes', password);
  const settings = { ...access, DBPORT: Number(DBPORT), DBPOOL: 4 };
  const functions = new Password(async () => password);
  const pool = await connectPostgres(settings, functions, silent);
  const { host, port, user } = postgres;
  const owner = new Pool({ host, port, user, password: postgres.password, database: access.DBNAME, max: 1 });
  const redis = await connectRedis({ REDISHOST: redisServer.host, REDISPORT: redisServer.port }, silent);
  return {
    db: new Database(pool, functions, findDataSet('banknotes').dataSet),
    cache: new Cache(redis),
    pool,
    redis,
    owner,
    async close() {
      redis.disconnect();
      await Promise.all([pool.end(), owner.end()]);
      await Promise.all([postgres.stop(), redisServer.stop()]);
      folder.remove();
    },
  };
}
