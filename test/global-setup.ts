import { join } from 'node:path';
import { startPostgres } from '../local/src/postgres.ts';
import { prepareDatabase } from '../local/src/prepare-database.ts';
import { startRedis } from '../local/src/redis.ts';
import { ensureRedisInstalled } from '../local/src/redis-install.ts';
import { keepForTeardown, templateDatabase, testPassword } from './services.ts';
import { makeTempFolder } from './temp-folder.ts';

/** One PostgreSQL and one Redis for all tests: real ones, empty, and gone afterwards. */
export default async function setUp(): Promise<void> {
  const folder = makeTempFolder();
  await ensureRedisInstalled(line => process.stderr.write(`${line}\n`));
  const [postgres, redis] = await Promise.all([
    startPostgres({ folder: join(folder, 'postgres'), durable: false }),
    startRedis(),
  ]);
  keepForTeardown({ folder, postgres, redis });
  await prepareDatabase(postgres, templateDatabase, testPassword);
  Object.assign(process.env, {
    TEST_POSTGRES: JSON.stringify({ ...address(postgres), user: postgres.user, password: postgres.password }),
    TEST_REDIS: JSON.stringify(address(redis)),
  });
}

function address({ host, port }: { readonly host: string; readonly port: number }) {
  return { host, port };
}
