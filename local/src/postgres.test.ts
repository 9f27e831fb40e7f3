import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { findFreePort } from './ports.ts';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

const asRoot = process.getuid?.() === 0;
const folders: string[] = [];
const started: Postgres[] = [];

function temporaryFolder(mode = 0o755): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'postgres-test-'));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(folder: string, options: Partial<PostgresOptions> = {}): Promise<Postgres> {
  const postgres = await startPostgres({ folder, durable: false, ...options });
  started.push(postgres);
  return postgres;
}

async function query(postgres: Postgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.superuserUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(postgres => postgres.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

it('is a UTF-8 database behind a generated password, on the loopback interface only', async () => {
  const folder = temporaryFolder();
  const postgres = await start(folder);
  expect(
    await query(postgres, "select upper('ä') as upper, current_setting('server_encoding') as encoding"),
  ).toEqual([{ upper: 'Ä', encoding: 'UTF8' }]);
  expect(await query(postgres, "select current_setting('listen_addresses') as listens")).toEqual([
    { listens: '127.0.0.1' },
  ]);
  expect(statSync(path.join(folder, 'superuser-password')).mode & 0o777).toBe(0o600);

  const wrong = new Client({ ...postgres, password: 'wrong', database: 'postgres' });
  await expect(wrong.connect()).rejects.toThrow('password authentication failed');
  await wrong.end();
});

it('keeps its data and password over a restart, a second start and a crash', async () => {
  const folder = temporaryFolder();
  const first = await start(folder, { durable: true });
  await query(first, 'create table notes (id int); insert into notes values (1)');
  await first.restart();
  await query(first, 'insert into notes values (2)');
  await first.kill();

  const second = await start(folder);
  expect(second.password).toBe(first.password);
  expect(await query(second, 'select id from notes order by id')).toEqual([{ id: 1 }, { id: 2 }]);
});

it('stops the server that a crashed run left behind, and starts on the same data', async () => {
  const folder = temporaryFolder();
  const left = await start(folder);
  await query(left, 'create table notes (id int)');
  const next = await start(folder);
  expect(await query(next, 'select * from notes')).toEqual([]);
  await expect(query(left, 'select 1')).rejects.toThrow('ECONNREFUSED');
});

it('starts over when its folder was deleted', async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await query(first, 'create table notes (id int)');
  await first.stop();
  rmSync(path.join(folder, 'superuser-password'));
  const second = await start(folder);
  await expect(query(second, 'select * from notes')).rejects.toThrow('does not exist');
});

it('says why it could not start', async () => {
  const folder = temporaryFolder();
  const other = await start(temporaryFolder());
  await expect(startPostgres({ folder, port: other.port, durable: false })).rejects.toThrow(
    'Address already in use',
  );
});

(asRoot ? it : it.skip)('finds a reachable place when its own account cannot enter the folder', async () => {
  const lines: string[] = [];
  const folder = temporaryFolder(0o700);
  const postgres = await start(folder, { announce: line => lines.push(line) });
  folders.push(path.dirname(postgres.dataFolder));
  expect(lines).toEqual([expect.stringContaining(path.dirname(postgres.dataFolder))]);
  expect(await query(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(readFileSync(path.join(folder, 'superuser-password'), 'utf8')).toBe(postgres.password);
});

it('listens on the port it is given', async () => {
  const port = await findFreePort();
  const postgres = await start(temporaryFolder(), { port });
  expect(postgres.port).toBe(port);
});
