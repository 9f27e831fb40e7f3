import { join } from 'node:path';
import { startPostgres } from '@banknote-loop/local/postgres';
import { prepareDatabase, prepareUsers } from '@banknote-loop/local/prepare-database';
import { startRedis } from '@banknote-loop/local/redis';
import { ensureRedisInstalled } from '@banknote-loop/local/redis-install';
import { fixHoldOut, keepForTeardown, templateDatabase, testPassword } from './services.ts';
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
  const template = await prepareDatabase(postgres, templateDatabase, testPassword);
  await prepareUsers(postgres, template, async () => testPassword);
  Object.assign(process.env, {
    TEST_POSTGRES: JSON.stringify({ ...address(postgres), user: postgres.user, password: postgres.password }),
    TEST_REDIS: JSON.stringify(address(redis)),
  });
  await fixHoldOut(templateDatabase);
}

function address({ host, port }: { readonly host: string; readonly port: number }) {
  return { host, port };
}
