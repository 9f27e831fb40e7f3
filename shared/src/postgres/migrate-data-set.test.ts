import { randomUUID } from 'node:crypto';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { openTestDatabase, type TestDatabase, testPassword } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { Client } from 'pg';
import { arbitraryDataSet, arbitraryRow } from '../data-set/arbitrary.testing.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { findDataSet } from '../data-set/files.ts';
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
