import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aPrediction } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { z } from 'zod';
import { batchAnswer } from '../contract/answers.ts';
import { columnProblem } from '../data-set/column-names.ts';
import { findDataSet } from '../data-set/files.ts';
import { readMigrations } from './migrations.ts';
import { schemaOf } from './schema.ts';

const { dataSet: banknotes } = findDataSet('banknotes');
const root = join(import.meta.dirname, '../../..');
const schema = readFileSync(join(root, 'schema.sql'), 'utf8').replaceAll('\r\n', '\n');

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

it('is what the declaration of banknotes and the migrations give', () => {
  const migrations = readMigrations(join(root, 'migrations'));
  const made = schemaOf(banknotes, migrations);
  if (schema !== made)
    throw new Error(
      'schema.sql is not up to date: node scripts/run.mjs scripts/data-set.ts schema banknotes > schema.sql',
    );
});

it('can be loaded again at any time, and leaves what is there', async () => {
  await test.db.predictions.store({ prediction: aPrediction(), created: new Date() });
  const count =
    'select (select count(*) from predictions) as predictions, (select count(*) from training) as training, (select salt from hold_out) as salt';
  const before = (await test.pool.query(count)).rows;
  // An error in any statement ends the whole, as it does with ON_ERROR_STOP.
  await test.asOwner(schema);
  expect((await test.pool.query(count)).rows).toEqual(before);
});

it('can be loaded by several at once', async () => {
  await Promise.all([1, 2, 3].map(() => test.asOwner(schema)));
});

it('has the columns of the contract', async () => {
  const { rows } = await test.pool.query<{ table: string; columns: string[] }>(
    `select table_name as "table", array_agg(column_name::text) as columns
     from information_schema.columns where table_schema = 'public' group by table_name`,
  );
  const columns = new Map(rows.map(row => [row.table, row.columns]));
  const features = ['variance', 'skewness', 'curtosis', 'entropy'];
  expect(columns.get('training')).toEqual(expect.arrayContaining([...features, 'class', 'created']));
  expect(columns.get('predictions')).toEqual(
    expect.arrayContaining(['batch_id', 'subject_id', ...features, 'prediction', 'is_correct', 'created']),
  );
  const job = ['id', 'model_file_name', 'records', 'accuracy', 'report', 'data_prep_time', 'training_time'];
  expect(columns.get('jobs')).toEqual(expect.arrayContaining([...job, 'testing_time', 'created']));
});

it('leaves no column of its own to a feature, nor what an answer says beside the features', async () => {
  const { rows } = await test.pool.query<{ name: string }>(
    `select distinct column_name::text as name from information_schema.columns
     where table_schema = 'public' and table_name in ('predictions', 'training')`,
  );
  const own = new Set(rows.map(({ name }) => name));
  const { properties = {} } = z.toJSONSchema(batchAnswer(banknotes).shape.notes.element, {
    unrepresentable: 'any',
  });
  for (const name of Object.keys(properties)) own.add(name);
  for (const { column } of banknotes.features) own.delete(column);
  expect([...own].filter(name => columnProblem(name) === undefined)).toEqual([]);
});

it.each([
  'drop table training',
  'alter table training add column more text',
  'truncate training',
  'truncate predictions',
  'delete from predictions',
  'delete from jobs',
  'update jobs set accuracy = 1',
  'delete from models',
  'update models set promoted = true',
  'create table more (id int)',
  'drop function is_holdout',
  'create role more',
])('does not let a function: %s', async statement => {
  await expect(test.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
});

it('refuses what no table may hold, whoever writes it', async () => {
  const row = 'insert into training (variance, skewness, curtosis, entropy, class) values (1, 2, 3, 4, $1)';
  await expect(test.pool.query(row, [2])).rejects.toMatchObject({ code: '23514' });
});
