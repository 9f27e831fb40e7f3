import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describeDatabase } from './describe-database.testing.ts';
import { type Migration, migrationScript, readMigrations } from './migrations.ts';
import { grantsToFunctions } from './rights.ts';

const root = join(import.meta.dirname, '../../..');
const schema = readFileSync(join(root, 'schema.sql'), 'utf8');
const migrations = readMigrations(join(root, 'migrations'));
/** What functions may do with the tables goes with the code, and is said anew each time. */
const upToDate = `${migrationScript(migrations)}${grantsToFunctions()}`;
const server = JSON.parse(process.env.TEST_POSTGRES ?? '{}');

let database: string;
let owner: Client;

function useEmptyDatabase(): void {
  beforeEach(async () => {
    database = `migrated_${randomUUID().replaceAll('-', '')}`;
    await inDatabase('postgres', client => client.query(`create database ${database}`));
    owner = await connect(database);
  });
  afterEach(async () => {
    await owner.end();
    await inDatabase('postgres', client => client.query(`drop database ${database} with (force)`));
  });
}

describe('the migrations of this repository', () => {
  useEmptyDatabase();

  it('add up to schema.sql, down to the last column, index, constraint, function and grant', async () => {
    await owner.query(upToDate);
    const migrated = await describeDatabase(owner);
    await owner.query('drop schema public cascade; create schema public');
    await owner.query(schema);
    expect(migrated).toEqual(await describeDatabase(owner));
    expect(migrated.filter(line => line.startsWith('grant'))).not.toEqual([]);
  });

  it('are passed over by a database that has been through them', async () => {
    await owner.query(schema);
    const before = await describeDatabase(owner);
    await owner.query(upToDate);
    expect(await describeDatabase(owner)).toEqual(before);
  });

  it.each([...legacyDatabases(), ...migrations.map(aDatabaseOfVersion)])(
    'bring a database with data in it up to date: $name',
    async ({ script }) => {
      await owner.query(script);
      await owner.query(firstRows);
      await owner.query(upToDate);
      const migrated = await describeDatabase(owner);
      const { rows } = await owner.query(keptRows);
      expect(rows).toEqual([
        { predictions: 1, training: 1, jobs: 1, models: 1, hash_bytes: 32, salt_bytes: 32 },
      ]);
      await owner.query('drop schema public cascade; create schema public');
      await owner.query(schema);
      expect(migrated).toEqual(await describeDatabase(owner));
    },
  );

  it('are what schema.sql refuses to do by itself', async () => {
    const [first] = legacyDatabases();
    await owner.query(first?.script ?? '');
    await expect(owner.query(schema)).rejects.toMatchObject({
      message: expect.stringContaining('The tables are of version 0'),
      hint: expect.stringContaining('npm run migrate'),
    });
  });
});

describe('a migration', () => {
  useEmptyDatabase();

  const addColumn = aMigration(1, 'alter table notes add column more integer not null default 7');

  beforeEach(async () => {
    await owner.query('create table notes (id integer); insert into notes values (1)');
  });

  it('is applied once, whoever else is about to, and written down with its name and checksum', async () => {
    const others = await Promise.all([connect(database), connect(database), connect(database)]);
    try {
      await Promise.all(others.map(client => client.query(migrationScript([addColumn]))));
    } finally {
      for (const client of others) await client.end();
    }
    expect((await owner.query('select * from notes')).rows).toEqual([{ id: 1, more: 7 }]);
    expect(await applied()).toEqual([{ version: 1, name: 'step-1', checksum: addColumn.checksum }]);
  });

  it('that fails leaves nothing of itself, and what was done before it', async () => {
    const failing = aMigration(2, 'alter table notes add column half integer; select 1 / 0');
    const third = aMigration(3, 'drop table notes');
    const script = migrationScript([addColumn, failing, third]);
    await expect(owner.query(script)).rejects.toMatchObject({ code: '22012' });
    await owner.query('rollback');
    expect((await owner.query('select * from notes')).rows).toEqual([{ id: 1, more: 7 }]);
    expect(await applied()).toMatchObject([{ version: 1 }]);
  });

  it('follows the one before it, whatever numbers are left out between them', async () => {
    await owner.query(migrationScript([addColumn, aMigration(20, 'drop table notes')]));
    expect(await applied()).toMatchObject([{ version: 1 }, { version: 20 }]);
  });

  it('is not tried where the one before it is missing, as psql would that goes on after an error', async () => {
    const [prologue = ''] = migrationScript([]).split('\n\n');
    await owner.query(prologue);
    const [, , ...alone] = migrationScript([addColumn, aMigration(2, 'drop table notes')]).split(
      /^(?=begin;$)/m,
    );
    await expect(owner.query(alone.join(''))).rejects.toThrow(
      'is for tables that have been through 1, and these have not',
    );
  });

  it('may not be edited after it has been applied', async () => {
    await owner.query(migrationScript([addColumn]));
    const edited = { ...addColumn, checksum: 'another' };
    await expect(owner.query(migrationScript([edited]))).rejects.toMatchObject({
      message: expect.stringContaining('is not as it was when it was applied'),
      hint: expect.stringContaining('into the next migration'),
    });
  });

  it('leaves a database alone that newer code has migrated further', async () => {
    await owner.query(migrationScript([addColumn, aMigration(2, 'drop table notes')]));
    await owner.query(migrationScript([addColumn]));
    expect(await applied()).toMatchObject([{ version: 1 }, { version: 2 }]);
  });
});

it('refuses a migration that cannot be put into a script', () => {
  expect(() => migrationScript([aMigration(1, 'do $apply$ begin end $apply$')])).toThrow('$apply$');
});

describe('a folder of migrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (...names: string[]) => {
    for (const name of names) writeFileSync(join(folder, name), 'select 1;\r\n');
  };

  it('is read in order, with the same checksum however the checkout ends its lines', () => {
    write('0020-b.sql', '0001-a.sql');
    const read = readMigrations(folder);
    expect(read.map(({ version, name }) => [version, name])).toEqual([
      [1, 'a'],
      [20, 'b'],
    ]);
    writeFileSync(join(folder, '0001-a.sql'), 'select 1;\n');
    expect(readMigrations(folder)).toEqual(read);
  });

  it.each([
    ['a number twice', ['0001-a.sql', '0001-b.sql'], 'There are two migrations number 1'],
    ['another name', ['0001-a.sql', '2-b.sql'], '2-b.sql is not named like a migration'],
    ['nothing', [], 'There are no migrations'],
  ])('with %s is refused', (_what, names, message) => {
    write(...names);
    expect(() => readMigrations(folder)).toThrow(message);
  });
});

function aMigration(version: number, text: string): Migration {
  return { version, name: `step-${version}`, text, checksum: `checksum ${version}` };
}

function aDatabaseOfVersion({ version }: Migration, place: number) {
  return { name: `version ${version}`, script: migrationScript(migrations.slice(0, place + 1)) };
}

/** As schema.sql made databases before there were migrations. */
function legacyDatabases() {
  const [first] = migrations;
  const counted = `
    create table schema_versions (version integer primary key, applied timestamptz not null default now());
    insert into schema_versions (version) values (1);
    ${first?.text}`;
  const uncounted = `${counted};
    drop table schema_versions, decisions, skipped_trainings, alerts;
    alter table training drop column role, drop column job_id;
    drop function is_holdout, fair_share;
    drop index predictions_by_model`;
  return [
    { name: 'of before versions were counted', script: uncounted },
    { name: 'version 1 of before migrations', script: counted },
  ];
}

/** A row in each table that has been there from the beginning on. */
const firstRows = `
  insert into predictions (batch_id, position, subject_id, variance, skewness, curtosis, entropy, prediction)
    values ('00000000-0000-4000-8000-000000000001', 0, 'a', 1, 2, 3, 4, 'real');
  insert into training (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer)
    values ('00000000-0000-4000-8000-000000000001', 0, 1, 2, 3, 4, 1, 'ann');
  insert into jobs (id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time)
    values ('00000000-0000-4000-8000-000000000002', 'a.json', 1, 1, 1, 1, 1);
  insert into models (file_name, job_id, promoted, reason, message)
    values ('a.json', '00000000-0000-4000-8000-000000000002', true, 'good', '{}')`;

const keptRows = `
  select (select count(*)::int from predictions) as predictions, (select count(*)::int from training) as training,
    (select count(*)::int from jobs) as jobs, (select count(*)::int from models) as models,
    (select length(note_hash) from training) as hash_bytes,
    (select length(salt) from hold_out) as salt_bytes`;

async function applied(): Promise<unknown[]> {
  return (await owner.query('select version, name, checksum from schema_versions order by version')).rows;
}

async function connect(name: string): Promise<Client> {
  const { host, port, user, password } = server;
  const client = new Client({ host, port, user, password, database: name });
  await client.connect();
  return client;
}

async function inDatabase(name: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = await connect(name);
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
