import { randomUUID } from 'node:crypto';
import { migrateDeclaration } from '@banknote-loop/local/prepare-database';
import type { database } from '@banknote-loop/shared';
import { KeyRing, until } from '@banknote-loop/shared/base';
import type { FeedbackMessage, PredictionMessage } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { parseDeclaration } from '@banknote-loop/shared/data-set/files';
import type { EventFunction } from '@banknote-loop/shared/function';
import { Queues } from '@banknote-loop/shared/monitoring';
import { connectPostgres, Database, Password } from '@banknote-loop/shared/postgres';
import { declarationAttributes, RatingSignatures } from '@banknote-loop/shared/pubsub';
import { deliver } from '@banknote-loop/testing';
import { openTestDatabase, quiet, type TestDatabase, testPassword } from '@banknote-loop/testing/services';
import type { Pool } from 'pg';
import feedbackToDb from './feedback-to-db/src/index.ts';
import feedbackToTraining from './feedback-to-training/src/index.ts';
import predictionToDb from './prediction-to-db/src/index.ts';

// A deployment brings a changed declaration, and for some minutes instances of both get each other's messages, before and
// after the tables have been brought to it. Whatever an instance cannot do, another one will: nothing goes to dead-letter.

const flower = {
  name: 'flowers',
  item: 'flower',
  features: [
    { name: 'length', kind: 'number' },
    { name: 'colour', kind: 'category', categories: ['blue', 'red'] },
  ],
  label: { name: 'kind', classes: ['rose', 'iris'] },
  file: 'flowers.csv',
};

const before = parseDeclaration(JSON.stringify(flower), 'before');
const after = parseDeclaration(
  JSON.stringify({
    ...flower,
    features: [
      { name: 'wild', kind: 'yes-no', fill: true },
      { name: 'length', kind: 'number' },
      { name: 'colour', kind: 'category', categories: ['blue', 'red', 'white'] },
    ],
    label: { name: 'kind', classes: ['rose', 'iris', 'tulip'] },
  }),
  'after',
);

/** To instances of before, each class's number is the other one's. */
const renumbered = parseDeclaration(
  JSON.stringify({ ...flower, label: { ...flower.label, classes: ['iris', 'rose'] } }),
  'renumbered',
);

let test: TestDatabase;
/** Instances of each declaration have connections of their own. */
let instances: ReadonlyMap<DataSet, { readonly db: Database; readonly pool: Pool }>;
beforeEach(async () => {
  test = await openTestDatabase({ dataSet: before });
  const settings = { ...test.settings, DBPORT: Number(test.settings.DBPORT), DBPOOL: 2 };
  const password = new Password(async () => testPassword);
  const open = async (dataSet: DataSet) => {
    const pool = await connectPostgres(settings, password, quiet);
    return [dataSet, { pool, db: new Database(pool, password, dataSet) }] as const;
  };
  instances = new Map(await Promise.all([before, after, renumbered].map(open)));
});
afterEach(async () => {
  for (const { pool } of instances.values()) await pool.end();
  await test.close();
});

function bringTablesUpToDate(dataSet = after): Promise<unknown> {
  return migrateDeclaration(JSON.parse(process.env.TEST_POSTGRES ?? ''), test.settings.DBNAME, dataSet, {});
}

interface Way {
  readonly from: DataSet;
  readonly to: DataSet;
}

function send<Message>(
  definition: EventFunction<Message, { db: typeof database }>,
  message: Message,
  way: Way,
) {
  const { from: sender, to: dataSet } = way;
  const { db } = instances.get(dataSet) ?? test;
  const context = { db, queues, signatures };
  return deliver(definition, context, message, { dataSet, attributes: { ...declarationAttributes(sender) } });
}

/** Nobody counts what waits, and nobody signs. */
const queues = new Queues(undefined);
const signatures = new RatingSignatures(new KeyRing(undefined));

const waits = { outcome: 'transient', deadLetters: [] };
const done = { outcome: 'done', deadLetters: [] };

const ofBefore = (): PredictionMessage => ({
  batch_id: randomUUID(),
  subjects: ['a'],
  input: [[1, 'red']],
  output: ['iris'],
  scores: [0.75],
});
const ofAfter = (): PredictionMessage => ({
  batch_id: randomUUID(),
  subjects: ['a'],
  input: [[false, 2, 'white']],
  output: ['tulip'],
  probabilities: [[0.125, 0.25, 0.625]],
});

it('takes what instances of the declaration before sent, with what it says of features that were not there', async () => {
  await bringTablesUpToDate();
  const message = ofBefore();
  expect(await send(predictionToDb, message, { from: before, to: after })).toMatchObject(done);
  const { rows } = await test.pool.query(
    'select wild, length, colour, prediction, probabilities from predictions',
  );
  expect(rows).toEqual([
    { wild: true, length: 1, colour: 'red', prediction: 'iris', probabilities: [0.25, 0.75, 0] },
  ]);
});

it.each<[string, () => PredictionMessage, boolean, Way, Way]>([
  [
    'a message of the declaration after at an instance of before',
    ofAfter,
    true,
    { from: after, to: before },
    { from: after, to: after },
  ],
  [
    'an instance of before at tables of after',
    ofBefore,
    true,
    { from: before, to: before },
    { from: before, to: after },
  ],
  [
    'an instance of after at tables of before',
    ofAfter,
    false,
    { from: after, to: after },
    { from: after, to: after },
  ],
])('keeps for others what it cannot do: %s', async (_what, make, areUpToDate, way, otherWay) => {
  if (areUpToDate) await bringTablesUpToDate();
  const message = make();
  expect(await send(predictionToDb, message, way)).toMatchObject(waits);
  if (!areUpToDate) await bringTablesUpToDate();
  expect(await send(predictionToDb, message, otherWay)).toMatchObject(done);
  const { rows } = await test.pool.query('select batch_id from predictions');
  expect(rows).toEqual([{ batch_id: message.batch_id }]);
});

it('keeps a correction to a class that it does not know for those who do', async () => {
  const message = ofBefore();
  expect(await send(predictionToDb, message, { from: before, to: before })).toMatchObject(done);
  await bringTablesUpToDate();
  const feedback: FeedbackMessage = {
    batch_id: message.batch_id,
    subjects: ['a'],
    ratings: [0],
    labels: ['tulip'],
  };
  expect(await send(feedbackToDb, feedback, { from: after, to: before })).toMatchObject(waits);
  expect(await send(feedbackToDb, feedback, { from: after, to: after })).toMatchObject(done);
});

it('never stores a class under the number of another one, however classes have been renumbered', async () => {
  const [told, later] = [ofBefore(), ofBefore()];
  const feedback: FeedbackMessage = { batch_id: told.batch_id, subjects: ['a'], ratings: [0] };
  const all = [before, renumbered];
  expect(await send(predictionToDb, told, { from: before, to: before })).toMatchObject(done);
  await bringTablesUpToDate(renumbered);
  for (const from of all) {
    const old = { from, to: before };
    expect(await send(predictionToDb, later, old)).toMatchObject(waits);
    expect(await send(feedbackToDb, feedback, old)).toMatchObject(waits);
    expect(await send(feedbackToTraining, feedback, old)).toMatchObject(waits);
  }
  for (const from of all) {
    const now = { from, to: renumbered };
    expect(await send(predictionToDb, later, now)).toMatchObject(done);
    expect(await send(feedbackToDb, feedback, now)).toMatchObject(done);
    expect(await send(feedbackToTraining, feedback, now)).toMatchObject(done);
  }
  const { rows } = await test.pool.query(
    'select prediction, score, class from predictions left join training using (batch_id) order by class',
  );
  expect(rows).toEqual([
    {
      prediction: 'iris',
      score: 0.25,
      class: renumbered.label.classes.findIndex(({ name }) => name === 'rose'),
    },
    { prediction: 'iris', score: 0.25, class: null },
  ]);
});

it('lets nobody train who knows the classes by other numbers, and waits for a training that is under way', async () => {
  const caps = { reviewerShare: 1, batchShare: 1, minimumRows: 1 };
  const { db } = instances.get(before) ?? test;
  let migrating: Promise<unknown> | undefined;
  const waitsForLock = `select from pg_locks join pg_database on pg_database.oid = database
    where locktype = 'advisory' and not granted and datname = current_database()`;
  await db.decisions.whileTraining(60_000, async () => {
    migrating = bringTablesUpToDate(renumbered);
    await until(
      'the migration waits',
      async () => (await test.pool.query(waitsForLock)).rowCount === 1,
      60_000,
    );
    await expect(db.training.dataSet(caps)).resolves.toMatchObject({
      training: { classNames: ['rose', 'iris'] },
    });
    return {};
  });
  await migrating;
  await expect(db.training.dataSet(caps)).rejects.toThrow('at another declaration than this instance');
  await expect(instances.get(renumbered)?.db.training.dataSet(caps)).resolves.toBeDefined();
});

it('goes on with instances of before where classes and columns still mean the same', async () => {
  const features = [...flower.features, { name: 'scent', kind: 'number', missing: true }];
  await bringTablesUpToDate(parseDeclaration(JSON.stringify({ ...flower, features }), 'wider'));
  expect(await send(predictionToDb, ofBefore(), { from: before, to: before })).toMatchObject(done);
});

it('still refuses what is in order by neither', async () => {
  const message = { ...ofBefore(), output: ['daisy'] };
  expect(await send(predictionToDb, message, { from: before, to: before })).toMatchObject({
    outcome: 'permanent',
    deadLetters: [{ attributes: { dead_letter_field: 'output[0]' } }],
  });
});
