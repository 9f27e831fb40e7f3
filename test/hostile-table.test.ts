import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import type { AnswerTo } from '@banknote-loop/shared/contract';
import { namedFromRow, type Row, readItemsCsv, writeItemsCsv } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, inferDataSet, keepDataSet } from '@banknote-loop/shared/data-set/files';
import {
  hostileClasses,
  hostileLabel,
  hostileNames,
  hostileTable,
} from '@banknote-loop/testing/hostile-table';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Outside } from '@banknote-loop/testing/traffic/outside';

// From a CSV file to a rollback with a table whose every word means something else to some part of the loop.

const folder = makeTempFolder();
const { csv } = hostileTable(40);
const file = join(folder, 'hostile.csv');
const usual = { durable: false, port: 0, backoff: { minSeconds: 0.05, maxSeconds: 1 }, given: {} };

let found: FoundDataSet;
let rows: readonly Row[];
let loop: Loop;
let outside: Outside;

jest.setTimeout(180_000);

beforeAll(async () => {
  writeFileSync(file, csv);
  const { dataSet } = await inferDataSet(file, { label: hostileLabel });
  found = await keepDataSet(dataSet, { folder: join(folder, 'declarations') });
  const read = readItemsCsv(found.dataSet, csv);
  expect(read.problems).toEqual([]);
  rows = read.features;
  const settings = { TRAIN_BUDGET_SECONDS: '3' };
  loop = await startLoop({ ...usual, folder: join(folder, 'data'), dataSet: found, settings });
  outside = new Outside(loop.environment);
});
afterAll(async () => {
  await outside?.close();
  await loop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as any program reads it, without the contract's types.
type Answer = { readonly status: number; readonly body: any };

async function ask(
  method: string,
  path: string,
  body?: string | object,
  type = 'application/json',
): Promise<Answer> {
  const answer = await fetch(`${loop.url}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function get<Address extends string>(address: Address): Promise<AnswerTo<Address>> {
  const { status, body } = await ask('GET', address);
  expect([address, status, body]).toEqual([address, 200, body]);
  return body;
}

/** The item of a class that stands first in the file. */
const rowOf = (classNumber: number): Row => rows[classNumber] ?? [];

it('keeps every feature and class of the file, and finds a column for each', () => {
  const { features, label } = found.dataSet;
  expect(features.map(({ csv }) => csv)).toEqual(hostileNames);
  expect(new Set(features.map(({ column }) => column)).size).toBe(hostileNames.length);
  expect(label.classes.map(({ name }) => name).toSorted()).toEqual(hostileClasses.toSorted());
});

it('answers every way of asking alike, and stores the values that were sent', async () => {
  const { dataSet } = found;
  const sent = hostileClasses.map((_, number) => rowOf(number));
  const subjects = sent.map((_, i) => `item ${i}`);
  const asked = [
    await ask('POST', '/notes', { subjects, features: sent }),
    await ask('POST', '/notes', { subjects, features: sent.map(row => namedFromRow(dataSet, row)) }),
    await ask(
      'POST',
      '/notes',
      writeItemsCsv(
        dataSet,
        sent.map((row, i) => ({ subject: `item ${i}`, row })),
      ),
      'text/csv',
    ),
  ];
  const batch_id = '0199abcd-0000-7000-8000-000000000001';
  await outside.publish('request', { batch_id, subjects, features: sent });
  for (const { batch_id: id } of [...asked.map(({ body }) => body), { batch_id }]) {
    const { notes } = await get(`/batches/${id}?wait=30`);
    expect(notes).toMatchObject(
      sent.map((row, i) => ({ ...namedFromRow(dataSet, row), subject: `item ${i}` })),
    );
    expect(notes.map(({ prediction }) => prediction)).toEqual(hostileClasses);
  }
  const query = Object.entries(namedFromRow(dataSet, rowOf(0))).map(([column, value]): [string, string] => [
    column,
    String(value ?? ''),
  ]);
  const inAddress = await ask('GET', `/predict?${new URLSearchParams(query)}`);
  expect(inAddress.body.predictions).toMatchObject([{ label: hostileClasses[0] }]);
  const { body } = await ask('POST', '/predict?explain=true&record=false', namedFromRow(dataSet, rowOf(0)));
  expect(body.predictions[0]).toMatchObject({ label: hostileClasses[0] });
  expect(Object.keys(body.predictions[0].probabilities).toSorted()).toEqual(hostileClasses.toSorted());
  expect(Object.keys(body.predictions[0].contributions)).toHaveLength(hostileNames.length);
});

it('learns from a true class, gives a receipt, and goes back to the model before', async () => {
  const { dataSet } = found;
  const before = (await get('/models')).live?.model_file_name;
  const unseen = rowOf(1).map(value => (typeof value === 'number' ? value + 1 : value));
  const { body } = await ask('POST', '/notes', { subjects: ['told'], features: [unseen] });
  await get(`/batches/${body.batch_id}?wait=30`);
  const ratings = { subjects: ['told'], ratings: [0], labels: [hostileClasses[5]], reviewer: '__proto__' };
  expect((await ask('PATCH', `/batches/${body.batch_id}`, ratings)).status).toBe(202);
  const receipt = await until(
    'a training has settled the label',
    async () => {
      const { receipts } = await get(`/batches/${body.batch_id}/receipt`);
      return receipts.find(({ training_row }) => training_row?.role);
    },
    120_000,
  );
  expect(receipt).toMatchObject({
    true_label: hostileClasses[5],
    training_row: { label: hostileClasses[5] },
  });
  const after = await until(
    'there is another model',
    async () => (await get('/models')).models.find(({ model_file_name }) => model_file_name !== before),
    60_000,
  );
  const live = async () => (await get('/models')).live?.model_file_name;
  const decide = (decision: object) =>
    ask('POST', '/decisions', { by: 'Ada', why: 'to try it', ...decision });
  expect((await decide({ kind: 'promotion', model_file_name: after.model_file_name })).status).toBe(202);
  await until('it answers', async () => (await live()) === after.model_file_name);
  const { status, body: rollback } = await decide({ kind: 'rollback' });
  expect([status, rollback.replaces]).toEqual([202, after.model_file_name]);
  await until('the one before answers again', async () => {
    const { body: again } = await ask('POST', '/predict', namedFromRow(dataSet, rowOf(2)));
    expect(again.predictions).toMatchObject([{ label: hostileClasses[2] }]);
    return again.model_file_name === rollback.model_file_name;
  });
});

it('shows what there is to review and to try, how it is spread, and what the API takes', async () => {
  const { samples } = await get('/samples?count=5');
  expect(samples).toHaveLength(5);
  expect((await get('/review')).notes.length).toBeGreaterThan(0);
  expect((await get('/quality')).drift.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...hostileNames]),
  );
  const api = (await ask('GET', '/openapi.json')).body;
  const parameters = api.paths['/predict'].get.parameters.map(({ name }: { name: string }) => name);
  expect(parameters).toEqual(expect.arrayContaining(found.dataSet.features.map(({ column }) => column)));
  expect(outside.deadLetters).toEqual([]);
});
