import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@banknote-loop/local/postgres';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { failureOf, startSilentServer, until } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import type { Pool } from 'pg';
import { classify } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { connectPostgres, Password } from './connect.ts';
import { Sql } from './sql.ts';

const quiet = createLogger('test', 'silent');
const now = { name: 'now', text: 'select 1 as one' };

describe('a server of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-connect-'));
  let server: Postgres;
  let secret = 'first';
  let reads = 0;
  let pool: Pool;
  let sql: Sql;
  beforeAll(async () => {
    server = await startPostgres({ folder, durable: false });
    await prepareDatabase(server, 'banknotes', secret);
    const password = new Password(async () => {
      reads += 1;
      return secret;
    });
    const settings = {
      DBHOST: server.host,
      DBPORT: server.port,
      DBNAME: 'banknotes',
      DBUSER: 'banknote_loop',
    };
    pool = await connectPostgres({ ...settings, DBPOOL: 2 }, password, quiet);
    sql = new Sql(pool, password, banknotes);
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const answers = () =>
    sql.rows(now, []).then(
      () => true,
      () => false,
    );

  it('reads the password once', async () => {
    await Promise.all([1, 2, 3].map(() => sql.rows(now, [])));
    expect(reads).toBe(1);
  });

  it('heals by itself after a restart of the server', async () => {
    await server.restart();
    await until('the database answers again', answers);
  });

  it('takes a failure for one that passes while the server is away', async () => {
    await server.stop();
    expect(classify(await failureOf(sql.rows(now, [])))).toBe('transient');
    await server.restart();
    await until('the database answers again', answers);
  });

  it('loses no more than the statement when the server is killed under it', async () => {
    const sleeping = failureOf(sql.rows({ name: 'sleep', text: 'select pg_sleep(60)' }, []));
    await until('the statement runs', async () => {
      const { rows } = await pool.query(
        "select from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
      );
      return rows.length > 0;
    });
    await server.kill();
    expect(classify(await sleeping)).toBe('transient');
    await server.restart();
    await until('the database answers again', answers);
  });

  it('reads the password anew when the server refuses it', async () => {
    await prepareDatabase(server, 'banknotes', 'second');
    secret = 'second';
    await server.restart();
    await until('the new password is used', answers);
    expect(reads).toBe(2);
  });
});

it('fails, for another attempt, when the server accepts and says nothing', async () => {
  const silent = await startSilentServer();
  const password = new Password(async () => 'any');
  const settings = { DBHOST: '127.0.0.1', DBPORT: silent.port, DBNAME: 'd', DBUSER: 'u', DBPOOL: 1 };
  const pool = await connectPostgres(settings, password, quiet);
  const error = await failureOf(new Sql(pool, password, banknotes).rows(now, []));
  expect(classify(error)).toBe('transient');
  expect(error).toMatchObject({ message: expect.stringContaining('timeout') });
  await pool.end();
  await silent.close();
});

it('asks for the password again after a failed attempt to read it', async () => {
  let reads = 0;
  const password = new Password(async () => {
    reads += 1;
    if (reads === 1) throw new Error('Secret Manager is away');
    return 'secret';
  });
  await expect(password.read()).rejects.toThrow('Secret Manager is away');
  expect(await password.read()).toBe('secret');
});
