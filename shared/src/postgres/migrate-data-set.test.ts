import { randomUUID } from 'node:crypto';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { openTestDatabase, quiet, type TestDatabase, testPassword } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { Client } from 'pg';
import { arbitraryDataSet, arbitraryRow } from '../data-set/arbitrary.testing.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { findDataSet } from '../data-set/files.ts';
import { connectPostgres, Password } from './connect.ts';
import { Database } from './database.ts';
import { describeDatabase } from './describe-database.testing.ts';
import { migrateDataSet } from './migrate-data-set.ts';

const { dataSet: penguins, csv } = findDataSet('penguins');

async function asOwner<T>({ settings }: TestDatabase, work: (client: Client) => Promise<T>): Promise<T> {
  const { host, port, user, password } = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
  const client = new Client({ host, port, user, password, database: settings.DBNAME });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Works on the same tables as an instance of another declaration. */
async function asInstanceOf<T>(
  dataSet: DataSet,
  { settings }: TestDatabase,
  work: (db: Database) => Promise<T>,
) {
  const password = new Password(async () => testPassword);
  const pool = await connectPostgres(
    { ...settings, DBPORT: Number(settings.DBPORT), DBPOOL: 1 },
    password,
    quiet,
  );
  try {
    return await work(new Database(pool, password, dataSet));
  } finally {
    await pool.end();
  }
}

function changed(dataSet: DataSet, over: object): DataSet {
  const { dataSet: after, problems } = checkDeclaration({ ...dataSet, ...over });
  if (!after) throw new Error(JSON.stringify(problems));
  return after;
}

/** Changes the feature of a name; undefined leaves it out. */
function withFeature(dataSet: DataSet, name: string, over: object | undefined): DataSet {
  const features = dataSet.features.flatMap(feature =>
    feature.name !== name ? [feature] : over ? [{ ...feature, ...over }] : [],
  );
  return changed(dataSet, { features });
}

const migrate = (test: TestDatabase, after: DataSet, force = false) =>
  asOwner(test, client => migrateDataSet(client, after, { force }));
const count = async ({ pool }: TestDatabase, where = 'true'): Promise<number> =>
  (await pool.query(`select count(*)::int as rows from training where ${where}`)).rows[0].rows;

describe('a changed declaration', () => {
  let test: TestDatabase;
  beforeEach(async () => {
    test = await openTestDatabase({ dataSet: penguins, csv });
  });
  afterEach(() => test.close());

  it('adds a feature, which stored rows have as it says', async () => {
    const features = [...penguins.features, { name: 'ringed', kind: 'yes-no', fill: false }];
    const changes = await migrate(test, changed(penguins, { features }));
    expect(changes.map(({ kind }) => kind)).toEqual(['feature added']);
    expect(await count(test, 'not ringed')).toBe(await count(test));
    const { rows } = await test.pool.query('select version from data_set');
    expect(rows).toEqual([{ version: 2 }]);
  });

  it('is refused where it does not say what stored rows get, and leaves the tables as they are', async () => {
    const before = await asOwner(test, describeDatabase);
    const features = [...penguins.features, { name: 'age', kind: 'number' }];
    await expect(migrate(test, changed(penguins, { features }))).rejects.toThrow(
      'missing: true or fill: VALUE',
    );
    expect(await asOwner(test, describeDatabase)).toEqual(before);
  });

  it('renames a feature, and two that change names with each other', async () => {
    const columns = { 'beak length': 'beak_depth', 'beak depth': 'beak_length' };
    const features = penguins.features.map(feature => ({
      ...feature,
      column: Reflect.get(columns, feature.name) ?? feature.column,
    }));
    const before = await test.pool.query(
      'select beak_length as a, beak_depth as b from training order by position',
    );
    await migrate(test, changed(penguins, { features }));
    const after = await test.pool.query(
      'select beak_depth as a, beak_length as b from training order by position',
    );
    expect(after.rows).toEqual(before.rows);
  });

  it('follows a feature that is called otherwise, wider ranges and more categories, and takes rows of those', async () => {
    const values = (column: string) =>
      test.pool.query(`select ${column} as value from training order by position`).then(({ rows }) => rows);
    const before = await values('beak_length');
    const strict = withFeature(penguins, 'body mass', { strict: true });
    await migrate(test, strict, true);
    const all = await count(test);
    const renamed = withFeature(strict, 'beak length', {
      name: 'bill length',
      was: 'beak length',
      column: undefined,
    });
    const wider = withFeature(renamed, 'body mass', { max: 9_000 });
    const after = withFeature(wider, 'sex', { categories: ['UNKNOWN', 'FEMALE', 'MALE'] });
    const changes = await migrate(test, after);
    expect(changes.map(({ kind }) => kind).toSorted()).toEqual([
      'feature renamed',
      'values wider',
      'values wider',
    ]);
    expect(await values('bill_length')).toEqual(before);
    expect(await count(test)).toBe(all);

    const row = after.features.map(({ name, example }) =>
      name === 'sex' ? 'UNKNOWN' : name === 'body mass' ? 8_000 : example,
    );
    const prediction = { batch_id: randomUUID(), subjects: ['a'], input: [row], output: ['Gentoo'] };
    const stored = await asInstanceOf(after, test, async db => {
      await db.predictions.store({ prediction, created: new Date(0) });
      return db.predictions.newest(1);
    });
    expect(stored.map(({ features }) => features)).toEqual([row]);
  });

  it('drops a category with its rows, or values of another kind, only if it is forced to', async () => {
    const fewer = withFeature(penguins, 'sex', { categories: ['MALE'] });
    const [all, gone] = [await count(test), await count(test, "sex = 'FEMALE'")];
    await expect(migrate(test, fewer)).rejects.toThrow('sex: FEMALE no longer among its categories');
    expect(await count(test)).toBe(all);
    await migrate(test, fewer, true);
    expect(await count(test)).toBe(all - gone);

    const kind = { name: 'body mass', kind: 'category', categories: ['light', 'heavy'], fill: 'light' };
    const features = fewer.features.map(feature => (feature.name === kind.name ? kind : feature));
    await expect(migrate(test, changed(fewer, { features }))).rejects.toThrow(
      'its stored values are dropped',
    );
    await migrate(test, changed(fewer, { features }), true);
    expect(await count(test, "body_mass = 'light'")).toBe(all - gone);
  });

  it('is followed at a start, which says so, and loses nothing unless it is forced to', async () => {
    const server = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
    const start = async (dataSet: DataSet, force = false): Promise<readonly string[]> => {
      const said: string[] = [];
      const warn = (line: string) => said.push(line);
      await prepareDatabase(server, test.settings.DBNAME, testPassword, { dataSet, warn, force });
      return said;
    };
    const features = [...penguins.features, { name: 'ringed', kind: 'yes-no', fill: false }];
    const wider = changed(penguins, { features });
    expect(await start(wider)).toEqual(['ringed is new: stored rows get false.']);
    expect(await start(wider)).toEqual([]);
    await expect(start(penguins)).rejects.toThrow('ringed is gone: its stored values are dropped');
    expect(await count(test, 'not ringed')).toBe(await count(test));
    expect(await start(penguins, true)).toHaveLength(1);
    const { rows } = await test.pool.query('select version from data_set');
    expect(rows).toEqual([{ version: 3 }]);
  });

  it('drops a feature, or rows that no longer fit, only if it is forced to', async () => {
    const without = withFeature(penguins, 'sex', undefined);
    await expect(migrate(test, without)).rejects.toThrow('--force');
    await migrate(test, without, true);
    const narrower = withFeature(without, 'beak length', { missing: false });
    await expect(migrate(test, narrower)).rejects.toThrow('may no longer be missing');
    const missing = await count(test, 'beak_length is null');
    const all = await count(test);
    expect(missing).toBeGreaterThan(0);
    await migrate(test, narrower, true);
    expect(await count(test)).toBe(all - missing);
  });

  it('renames, adds and reorders classes, and stored predictions and rows follow', async () => {
    const [adelie, chinstrap, gentoo] = penguins.label.classes;
    const prediction = {
      batch_id: randomUUID(),
      subjects: ['a', 'b'],
      input: [
        penguins.features.map(({ example }) => example),
        penguins.features.map(({ example }) => example),
      ],
      output: ['Gentoo', 'Adelie'],
      probabilities: [
        [0.1, 0.2, 0.7],
        [0.8, 0.2, 0],
      ],
    };
    await test.db.predictions.store({ prediction, created: new Date(0) });
    const feedback = {
      batch_id: prediction.batch_id,
      subjects: ['a', 'b'],
      ratings: [0, 1] as (0 | 1)[],
      labels: ['Chinstrap', null],
    };
    await test.db.ratings.apply(feedback, new Date(1));
    await test.db.training.sync(prediction.batch_id, ['a', 'b']);
    const classes = [gentoo, { ...adelie, name: 'Adélie', was: 'Adelie' }, { name: 'Emperor' }, chinstrap];
    const after = changed(penguins, { label: { ...penguins.label, classes } });
    const before = await count(test, 'class = 2');
    await migrate(test, after);
    expect(await count(test, 'class = 0')).toBe(before);
    const { rows } = await test.pool.query(
      'select prediction, true_label, probabilities, class from predictions join training using (batch_id, position) order by position',
    );
    expect(rows).toEqual([
      { prediction: 'Gentoo', true_label: 'Chinstrap', probabilities: [0.7, 0.1, 0, 0.2], class: 3 },
      { prediction: 'Adélie', true_label: null, probabilities: [0, 0.8, 0, 0.2], class: 1 },
    ]);
  });

  it('refuses the tables of another data set', async () => {
    await expect(migrate(test, findDataSet('iris').dataSet)).rejects.toThrow(
      'holds the tables of penguins, and not those of iris',
    );
  });
});

it('makes of two classes three, where "wrong" had meant the other one', async () => {
  const { dataSet } = findDataSet('banknotes');
  const test = await openTestDatabase({ dataSet });
  try {
    const prediction = {
      batch_id: randomUUID(),
      subjects: ['a'],
      input: [[1, 2, 3, 4]],
      output: ['real'],
      scores: [0.75],
    };
    await test.db.predictions.store({ prediction, created: new Date(0) });
    await test.db.ratings.apply(
      { batch_id: prediction.batch_id, subjects: ['a'], ratings: [0] },
      new Date(1),
    );
    const classes = [...dataSet.label.classes, { name: 'copy' }];
    await migrate(test, changed(dataSet, { label: { ...dataSet.label, classes } }));
    const { rows } = await test.pool.query(
      'select score, probabilities, is_correct, true_label from predictions',
    );
    expect(rows).toEqual([
      { score: null, probabilities: [0.25, 0.75, 0], is_correct: false, true_label: 'fake' },
    ]);
  } finally {
    await test.close();
  }
});

it('leaves the tables that the new declaration would have made, whatever the two are', async () => {
  const cases = fc.tuple(arbitraryDataSet(), arbitraryDataSet()).chain(([before, after]) =>
    fc.record({
      before: fc.constant(before),
      after: fc.constant({ ...after, name: before.name }),
      rows: fc.array(arbitraryRow(before), { maxLength: 5 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ before, after, rows }) => {
      const features = after.features.map(feature => ({ ...feature, fill: feature.example }));
      const filled = changed(after, { features });
      const test = await openTestDatabase({ dataSet: before });
      const fresh = await openTestDatabase({ dataSet: filled });
      try {
        const [first] = before.label.classes;
        const subjects = rows.map((_, i) => `item ${i}`);
        const prediction = {
          batch_id: randomUUID(),
          subjects,
          input: rows,
          output: rows.map(() => first?.name ?? ''),
        };
        if (rows.length > 0) await test.db.predictions.store({ prediction, created: new Date(0) });
        await migrate(test, filled, true);
        const [migrated, made] = await Promise.all([
          asOwner(test, describeDatabase),
          asOwner(fresh, describeDatabase),
        ]);
        expect(migrated).toEqual(made);
      } finally {
        await Promise.all([test.close(), fresh.close()]);
      }
    }),
    { numRuns: 10 },
  );
});
