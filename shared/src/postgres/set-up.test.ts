import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { Client } from 'pg';
import type { DataSet } from '../data-set/declaration.ts';
import { findDataSet } from '../data-set/files.ts';
import { readMigrations } from './migrations.ts';
import { scramVerifier, setUpScript } from './set-up.ts';

const root = join(import.meta.dirname, '../../..');
const migrations = readMigrations(join(root, 'migrations'));
const { dataSet } = findDataSet('banknotes');
const csv = readFileSync(join(root, 'bank_data.csv'), 'utf8');
const user = 'set-up "test" user';
const password = 'not-in-the-script';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await asOwner(async owner => {
    await owner.query(`drop role "${user.replaceAll('"', '""')}"`);
  });
  await database.close();
});

it('sets a database up again and again, adding nothing', async () => {
  const script = setUpScript({ dataSet, migrations, csv, user, password });
  await asOwner(async owner => {
    await owner.query(script);
    await owner.query(script);
  });
  const { rows } = await database.pool.query('select count(*)::int as count from training');
  expect(rows).toEqual([{ count: csv.trim().split('\n').length - 1 }]);
});

it('lets the user in with the password that the script does not contain, with the rights of ml_readwrite only', async () => {
  const script = setUpScript({ dataSet, migrations, csv, user, password });
  expect(script).not.toContain(password);
  await asOwner(async owner => {
    await owner.query(script);
  });
  const { DBHOST: host, DBPORT: port, DBNAME } = database.settings;
  const client = new Client({ host, port: Number(port), database: DBNAME, user, password });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select pg_has_role('ml_readwrite', 'member') as member, rolcreaterole, rolcreatedb, rolsuper
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([{ member: true, rolcreaterole: false, rolcreatedb: false, rolsuper: false }]);
    await expect(client.query('drop table training')).rejects.toMatchObject({ code: '42501' });
  } finally {
    await client.end();
  }
});

it('takes new words and ranges of the declaration, and refuses what the tables are not made for', async () => {
  const script = (over: Partial<DataSet>): string =>
    setUpScript({ dataSet: { ...dataSet, ...over }, migrations, user, password });
  const [first, ...others] = dataSet.features;
  if (!first) throw new Error('Banknotes have features.');
  await asOwner(async owner => {
    await owner.query(script({ title: "The bank's $declaration$ of notes" }));
    const { rows } = await owner.query("select declaration->>'title' as title, version from data_set");
    expect(rows).toEqual([{ title: "The bank's $declaration$ of notes", version: 1 }]);
    await expect(
      owner.query(script({ features: [{ ...first, missing: true }, ...others] })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('not as its declaration says'),
      hint: expect.stringContaining('npm run data-set -- migrate banknotes'),
    });
    await owner.query('rollback');
    const before = (await owner.query('select count(*) from training')).rows;
    await expect(owner.query(script({ name: 'wine' }))).rejects.toThrow(
      'holds the tables of banknotes, and not those of wine',
    );
    await owner.query('rollback');
    expect((await owner.query('select count(*) from training')).rows).toEqual(before);
  });
});

it('makes the verifier of RFC 5803 as PostgreSQL makes it', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

it('refuses a line that is not four numbers and a class, since it becomes part of a statement', () => {
  const wrong = 'variance,skewness,curtosis,entropy,class\n1,2,3,4,0\n1,2,3,4),(now(),0';
  expect(() => setUpScript({ dataSet, migrations, csv: wrong, user, password })).toThrow(
    'Line 3 of the rows of banknotes',
  );
});

async function asOwner(work: (owner: Client) => Promise<void>): Promise<void> {
  const { host, port, user: owner, password: secret } = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
  const client = new Client({
    host,
    port,
    user: owner,
    password: secret,
    database: database.settings.DBNAME,
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
