import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, quiet, type TestDatabase } from '@banknote-loop/testing/services';
import { Client } from 'pg';
import { findDataSet } from '../data-set/files.ts';
import { connectPostgres, Password } from './connect.ts';
import { Database } from './database.ts';
import { migrateDataSet } from './migrate-data-set.ts';
import { loadSeed } from './seed.ts';

const { dataSet } = findDataSet('penguins');
const header = 'Species,Island,Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g),Sex';

let test: TestDatabase;
let owner: Client;
let folder: string;
beforeEach(async () => {
  test = await openTestDatabase({ dataSet });
  const { host, port, user, password } = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
  owner = new Client({ host, port, user, password, database: test.settings.DBNAME });
  await owner.connect();
  folder = mkdtempSync(join(tmpdir(), 'seed-'));
});
afterEach(async () => {
  await owner.end();
  await test.close();
  rmSync(folder, { recursive: true });
});

const path = (): string => join(folder, 'rows.csv');

function load(...lines: readonly string[]) {
  writeFileSync(path(), `${[header, ...lines].join('\n')}\n`);
  return loadSeed(owner, dataSet, path());
}

const nothing = { added: 0, changed: 0, problems: [], problemCount: 0 };

const adelie = 'Adelie,Torgersen,39.1,18.7,181,3750,MALE';
const gentoo = 'Gentoo,Biscoe,,,,,';

it('loads the rows of a file once, and what is added to it later', async () => {
  expect(await load(adelie)).toEqual({ ...nothing, added: 1 });
  expect(await load(adelie)).toEqual(nothing);
  expect(await load(adelie, gentoo)).toEqual({ ...nothing, added: 1 });
  const { rows } = await test.pool.query(
    'select position, island, beak_length, sex, class from training order by 1',
  );
  expect(rows).toEqual([
    { position: '1', island: 'Torgersen', beak_length: 39.1, sex: 'MALE', class: 0 },
    { position: '2', island: 'Biscoe', beak_length: null, sex: null, class: 2 },
  ]);
});

it('lets rows follow their lines, and a declaration that takes more from them', async () => {
  await load(adelie, gentoo);
  expect(await load(adelie.replace('39.1', '40'), gentoo)).toEqual({ ...nothing, changed: 1 });
  const { features, label } = dataSet;
  const earlier = {
    ...dataSet,
    features: features.filter(({ name }) => name !== 'sex'),
    label: { ...label, classes: label.classes.filter(({ name }) => name !== 'Gentoo') },
  };
  await migrateDataSet(owner, earlier, { force: true });
  expect(await loadSeed(owner, earlier, path())).toMatchObject({ added: 0, changed: 0, problemCount: 1 });
  await migrateDataSet(owner, dataSet);
  expect(await loadSeed(owner, dataSet, path())).toEqual({ ...nothing, added: 1, changed: 1 });
  const { rows } = await test.pool.query('select beak_length, sex, class from training order by position');
  expect(rows).toEqual([
    { beak_length: 40, sex: 'MALE', class: 0 },
    { beak_length: null, sex: null, class: 2 },
  ]);
});

it('needs the file until its rows are loaded', async () => {
  await expect(loadSeed(owner, dataSet, path())).rejects.toThrow(/^There is no file .+rows\.csv\.$/);
  await load(adelie);
  rmSync(path());
  const warnings: string[] = [];
  const loaded = await loadSeed(owner, dataSet, path(), { warn: message => warnings.push(message) });
  expect(loaded).toEqual(nothing);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^There is no file .+rows\.csv any more: the rows that were loaded from it stay\.$/,
    ),
  ]);
});

it('leaves a line out that cannot be loaded, says which, and loads the others', async () => {
  const { added, problems, problemCount } = await load(adelie, 'Penguin,Biscoe,1,1,1,1,', gentoo);
  expect({ added, problemCount }).toEqual({ added: 2, problemCount: 1 });
  expect(problems).toMatchObject([{ line: 3, message: expect.stringContaining('"Penguin"') }]);
});

it('refuses to work on the tables of another data set, names both, and goes on once they are right', async () => {
  const { dataSet: iris } = findDataSet('iris');
  const password = new Password(async () => 'only-for-tests');
  const settings = { ...test.settings, DBPORT: Number(test.settings.DBPORT), DBPOOL: 1 };
  const pool = await connectPostgres(settings, password, quiet);
  try {
    const other = new Database(pool, password, iris);
    await expect(other.ping()).rejects.toMatchObject({
      name: 'TransientError',
      message: 'The database holds penguins, and this function works on iris: give it the database of iris.',
    });
    await owner.query(
      "alter table data_set drop constraint data_set_name_check; update data_set set name = 'iris'",
    );
    await expect(other.ping()).resolves.toBeUndefined();
  } finally {
    await pool.end();
  }
});
