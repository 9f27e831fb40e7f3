import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { Client } from 'pg';
import { readMigrations } from './migrations.ts';
import { takeOver } from './take-over.ts';

const root = join(import.meta.dirname, '../../..');
const migrations = readMigrations(join(root, 'migrations'));

let test: TestDatabase;
let owner: Client;
beforeEach(async () => {
  test = await openTestDatabase({ seeded: false });
  owner = new Client({ ...JSON.parse(process.env.TEST_POSTGRES ?? '{}'), database: test.settings.DBNAME });
  await owner.connect();
  await owner.query(
    'drop schema public cascade; create schema public; grant usage on schema public to public',
  );
});
afterEach(async () => {
  await owner.end();
  await test.close();
});

/** The three tables as the demo has them, by the contract's columns; 10,000 predictions in 1,000 batches. */
const oldDatabase = `
  create table training (
    variance real, skewness real, curtosis real, entropy real, class integer, created timestamp default now()
  );
  create table predictions (
    batch_id varchar(36), subject_id varchar(100), variance real, skewness real, curtosis real, entropy real,
    prediction varchar(10), is_correct boolean, created timestamp default now()
  );
  create table jobs (
    id varchar(36), model_file_name varchar(255), records integer, accuracy real, report json, data_prep_time real,
    training_time real, testing_time real, created timestamp default now()
  );
  insert into predictions
    select replace(md5((n / 10)::text), '-', ''), 'note ' || n, n, n * 0.5, -n, 1, case when n % 2 = 0 then 'real' else 'fake' end,
      case when n % 10 = 0 then n % 20 = 0 end, timestamp '2024-01-01' + n * interval '1 second'
    from generate_series(0, 9999) as n;
  insert into predictions select * from predictions where subject_id = 'note 7';
  insert into predictions values ('no uuid', 'odd', 1, 2, 3, 4, 'real', null, now()), (null, 'lost', 1, 2, 3, null, 'real', null, now());
  insert into training select n, n, n, n, n % 2, timestamp '2023-01-01' from generate_series(1, 1000) as n;
  insert into training select variance, skewness, curtosis, entropy, 1, created from predictions where subject_id = 'note 20';
  insert into jobs select replace(md5(n::text), '-', ''), 'model-' || n || '.joblib', 1000, 0.98, '{"0": {"precision": 1}}', 1, 2, 3
    from generate_series(1, 20) as n;`;

it('takes 10,000 predictions, their ratings, the rows of training and the jobs over', async () => {
  await owner.query(oldDatabase);
  const taken = await takeOver(owner, banknotes, migrations);
  expect(taken).toEqual({
    tables: [
      { table: 'predictions', found: 10_003, taken: 10_001, doubles: 1, senseless: 1 },
      { table: 'training', found: 1_001, taken: 1_000, doubles: 1, senseless: 0 },
      { table: 'jobs', found: 20, taken: 20, doubles: 0, senseless: 0 },
    ],
    rated: 1_000,
    keptIn: 'before_the_loop',
  });
  const [newest] = await test.db.batches.newest(2);
  expect(newest).toMatchObject({ subjects: ['odd'] });
  const { rows } = await test.pool.query(
    `select batch_id, count(*)::int, min(position) as first, max(position) as last, min(created) as created
     from predictions where subject_id <> 'odd' group by 1 order by created limit 1`,
  );
  expect(rows).toMatchObject([{ count: 10, first: 0, last: 9, created: '2024-01-01T00:00:00.000Z' }]);
  const notes = await test.db.batches.notes(rows[0].batch_id);
  expect(notes[0]).toMatchObject({ subject: 'note 0', prediction: 'real', rating: 1 });
  expect(await test.db.ratings.receipt(rows[0].batch_id)).toMatchObject([
    { subject: 'note 0', rating: 1, training_class: 1 },
  ]);
  expect(await test.db.jobs.newest(50)).toHaveLength(20);
  const { training } = await test.db.training.dataSet({ reviewerShare: 1, batchShare: 1, minimumRows: 1 });
  expect(training.count).toBeGreaterThan(1_000);
});

it('fails as a whole, and says what is there instead', async () => {
  await expect(takeOver(owner, banknotes, migrations)).rejects.toThrow('There are no tables of the demo');
  await owner.query(`${oldDatabase}; create schema before_the_loop`);
  await expect(takeOver(owner, banknotes, migrations)).rejects.toThrow('have been taken over before');
  expect((await owner.query('select from predictions')).rowCount).toBe(10_003);
  await owner.query('drop schema before_the_loop');
  await takeOver(owner, banknotes, migrations);
  await expect(takeOver(owner, banknotes, migrations)).rejects.toThrow('tables of the loop already');
});

it('is what schema.sql and migrations ask for where they meet the tables of the demo', async () => {
  await owner.query(oldDatabase);
  const schema = readFileSync(join(root, 'schema.sql'), 'utf8');
  await expect(owner.query(schema)).rejects.toMatchObject({
    message: 'This database holds the tables of the demo of before.',
    hint: 'npm run migrate -- --from old takes over what is in them.',
  });
});

describe('programs of before, beside the loop', () => {
  it('may leave out the place in a batch and the time of a rating', async () => {
    const mine = await openTestDatabase({ seeded: false });
    const batch = '00000000-0000-4000-8000-000000000001';
    const insert = `insert into predictions (batch_id, subject_id, variance, skewness, curtosis, entropy, prediction)
      values ($1, 'a', 1, 2, 3, 4, 'real'), ($1, 'b', 1, 2, 3, 4, 'fake')`;
    await mine.pool.query(insert, [batch]);
    await mine.pool.query(insert.replaceAll(' 1, 2,', ' 5, 6,'), [batch]);
    expect(await mine.db.batches.newest(1)).toMatchObject([{ subjects: ['a', 'b', 'a', 'b'] }]);
    await mine.pool.query(
      'update predictions set is_correct = false where batch_id = $1 and subject_id = $2',
      [batch, 'a'],
    );
    expect(await mine.db.training.sync(batch, ['a'])).toEqual({ rated: 2, written: 2, removed: 0 });
    expect(await mine.db.ratings.receipt(batch)).toMatchObject([
      { subject: 'a', rating: 0, training_class: 0, rated_at: expect.stringMatching(/Z$/) },
      { subject: 'a', rating: 0 },
    ]);
    expect(await mine.db.ratings.since(new Date(0))).toMatchObject([{ batch_id: batch, rated: 2 }]);
    await mine.close();
  });

  it('may store what is delivered to them again, which changes nothing', async () => {
    const mine = await openTestDatabase({ seeded: false });
    const batch = '00000000-0000-4000-8000-000000000003';
    const insert = (values: string) =>
      mine.pool.query(
        `insert into predictions (batch_id, subject_id, variance, skewness, curtosis, entropy, prediction)
        values ${values.replaceAll('(', `('${batch}', `)}`,
      );
    const stored = async () => {
      const text =
        'select subject_id, variance, prediction from predictions where batch_id = $1 order by position';
      const { rows } = await mine.pool.query({ text, values: [batch], rowMode: 'array' });
      return rows;
    };
    // The same item may stand twice in one delivery.
    const delivery = `('a', 1, 2, 3, 4, 'real'), ('a', 1, 2, 3, 4, 'real'), ('b', 1, 2, 3, 4, 'fake')`;
    const first = [
      ['a', 1, 'real'],
      ['a', 1, 'real'],
      ['b', 1, 'fake'],
    ];
    await insert(delivery);
    expect(await stored()).toEqual(first);
    await mine.db.ratings.apply({ batch_id: batch, subjects: ['b'], ratings: [0] }, new Date());
    await Promise.all([insert(delivery), insert(delivery)]);
    expect(await stored()).toEqual(first);
    // Another model answers when it comes again: the first answer stands. What is new is added.
    await insert(`('b', 1, 2, 3, 4, 'real'), ('b', 9, 2, 3, 4, 'real')`);
    expect(await stored()).toEqual([...first, ['b', 9, 'real']]);
    expect(await mine.db.ratings.receipt(batch)).toMatchObject([{ subject: 'b', rating: 0 }]);
    await mine.close();
  });

  it('may contradict what a reviewer said an item is: then it is what they say now', async () => {
    const mine = await openTestDatabase({ seeded: false });
    const batch_id = '00000000-0000-4000-8000-000000000002';
    const prediction = { batch_id, subjects: ['a'], input: [[1, 2, 3, 4]], output: ['real'] };
    await mine.db.predictions.store({ prediction, created: new Date() });
    await mine.db.ratings.apply({ batch_id, subjects: ['a'], ratings: [1], labels: ['real'] }, new Date());
    await mine.pool.query('update predictions set is_correct = false where batch_id = $1', [batch_id]);
    await mine.db.training.sync(batch_id, ['a']);
    expect(await mine.db.ratings.receipt(batch_id)).toMatchObject([
      { rating: 0, training_class: 0, label: null },
    ]);
    await mine.close();
  });
});
