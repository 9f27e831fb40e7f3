import { randomUUID } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import type { z } from 'zod';
import { arbitraryModel, someFacts } from '../classifier/arbitrary-model.testing.ts';
import { decodeModelFile, encodeModelFile, probe } from '../classifier/model-file.ts';
import { notesBody, requestMessage } from '../contract/messages.ts';
import { arbitraryDataSet, arbitraryRow } from '../data-set/arbitrary.testing.ts';
import { readItemsCsv, readValue, writeItemsCsv } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { parseDeclaration } from '../data-set/declaration-file.ts';
import { toYaml } from '../data-set/declaration-yaml.ts';
import { findDataSet } from '../data-set/files.ts';
import { encodeRow, encodeRows, namedFromRow, type Row } from '../data-set/row.ts';
import { compileModel } from '../learning/model.ts';
import type { Prediction } from './predictions.ts';

const noCaps = { reviewerShare: 1, batchShare: 1, minimumRows: 1 };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** Every row is called the first class. */
function predictionOf({ label }: DataSet, rows: readonly Row[]): Prediction {
  const [first] = label.classes;
  const certain = label.classes.map((_, number) => (number === 0 ? 1 : 0));
  return {
    batch_id: randomUUID(),
    subjects: rows.map((_, i) => `item ${i}`),
    input: rows,
    output: rows.map(() => first?.name ?? ''),
    ...(label.classes.length === 2
      ? { scores: rows.map(() => 0) }
      : { probabilities: rows.map(() => certain) }),
  };
}

/** All rows, each as text, whichever side of the data set they are on. */
async function learnedRows({ db }: TestDatabase): Promise<readonly string[]> {
  const { training, holdout } = await db.training.dataSet(noCaps);
  return [training, holdout].flatMap(({ features, columns, count }) =>
    Array.from({ length: count }, (_, row) => features.subarray(row * columns, (row + 1) * columns).join()),
  );
}

/** As a message brings them, or the body of a request, which may also have them by name. */
function throughMessages(dataSet: DataSet, { batch_id, subjects }: Prediction, rows: readonly Row[]): Row[] {
  const overWire = (schema: z.ZodType<{ features: Row[] }>, features: unknown): Row[] =>
    schema.parse(JSON.parse(JSON.stringify({ batch_id, subjects, features }))).features;
  const named = rows.map(row => namedFromRow(dataSet, row));
  expect(overWire(notesBody(dataSet), named)).toEqual(rows);
  expect(overWire(notesBody(dataSet), rows)).toEqual(rows);
  return overWire(requestMessage(dataSet), rows);
}

/** As the parameters of an address bring them, where what is missing is left out. */
function throughAddress({ features }: DataSet, row: Row): Row {
  const given = features.flatMap(({ column }, i) =>
    row[i] === null ? [] : [[column, String(row[i])] as [string, string]],
  );
  const { searchParams } = new URL(`http://127.0.0.1/predict?${new URLSearchParams(given)}`);
  return features.map(feature => {
    const text = searchParams.get(feature.column);
    if (text === null) return null;
    const { value, problem } = readValue(feature, text);
    if (problem !== undefined) throw new Error(problem);
    return value;
  });
}

/** Rows that differ from the first in one value: what makes an item another one may be no more than that. */
function almostTheSame([first = [], second = []]: readonly Row[]): Row[] {
  return first.map((_, i) => first.with(i, second[i] ?? null));
}

/** Every way that a row takes, one after another: each begins with what the one before has brought. */
it('brings any row of any data set through messages, addresses, files, tables and models as it is', async () => {
  const cases = arbitraryDataSet().chain(dataSet =>
    fc.record({
      dataSet: fc.constant(dataSet),
      sent: fc
        .array(arbitraryRow(dataSet), { minLength: 2, maxLength: 10 })
        .map(rows => [...rows, ...almostTheSame(rows)]),
      model: arbitraryModel(dataSet),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ dataSet: declared, sent, model }) => {
      const dataSet = parseDeclaration(toYaml(declared), 'data-set.yaml');
      expect(dataSet).toEqual(declared);
      const test = await openTestDatabase({ dataSet });
      try {
        const received = throughMessages(dataSet, predictionOf(dataSet, sent), sent);
        const asked = received.map(row => throughAddress(dataSet, row));
        const written = writeItemsCsv(
          dataSet,
          asked.map(row => ({ row })),
        );
        const { features: rows, problems } = readItemsCsv(dataSet, written);
        expect({ rows, problems }).toEqual({ rows: sent, problems: [] });

        const prediction = predictionOf(dataSet, rows);
        const { batch_id, subjects } = prediction;
        await test.db.predictions.store({ prediction, created: at(0) });
        expect(await test.db.batches.notes(batch_id)).toMatchObject(
          rows.map(row => namedFromRow(dataSet, row)),
        );
        expect((await test.db.predictions.newest(100)).map(({ features }) => features)).toEqual(rows);

        const ratings = rows.map((): 1 => 1);
        await test.db.ratings.apply({ batch_id, subjects, ratings }, at(1));
        await test.db.training.sync(batch_id, subjects);
        expect((await test.db.ratings.receipt(batch_id)).map(({ features }) => features)).toEqual(rows);

        const { rows: hashes } = await test.pool.query<{ note_hash: Buffer }>(
          'select note_hash from training order by position',
        );
        const seen = new Map<string, string>();
        for (const [i, row] of rows.entries()) {
          const text = JSON.stringify(row);
          const hash = hashes[i]?.note_hash.toString('hex') ?? '';
          expect(seen.get(text) ?? hash).toBe(hash);
          seen.set(text, hash);
        }
        expect(new Set(seen.values()).size).toBe(seen.size);

        // One class is a surplus where there are two, and so what learners see is asked of the hold-out in any case.
        const encoded = new Set(rows.map(row => encodeRow(dataSet, row).join()));
        for (const row of await learnedRows(test)) expect(encoded).toContain(row);
        await expect(test.db.quality.drift(100)).resolves.toBeDefined();

        const stored = (await test.db.predictions.newest(100)).map(({ features }) => features);
        const file = encodeModelFile(dataSet, { ...someFacts, model, probes: probe(dataSet, model, sent) });
        expect(decodeModelFile(dataSet, file).probabilities(encodeRows(dataSet, stored))).toEqual(
          compileModel(model).probabilities(encodeRows(dataSet, sent)),
        );
      } finally {
        await test.close();
      }
    }),
    { numRuns: 15 },
  );
}, 240_000);

it('stores rows of the widest table that may be declared, with all that becomes known of them', async () => {
  const features = Array.from({ length: 962 }, (_, i) => ({
    name: `f${i}`,
    kind: 'number',
    missing: i === 0,
  }));
  const classes = Array.from({ length: 100 }, (_, i) => `class ${i}`);
  const declared = {
    name: 'wide',
    item: 'row',
    features,
    label: { name: 'class', classes },
    file: 'wide.csv',
  };
  const { dataSet } = checkDeclaration(declared);
  if (!dataSet) throw new Error('It is too wide.');
  const test = await openTestDatabase({ dataSet });
  try {
    const row = features.map((_, i) => Math.PI / (i + 1));
    const prediction = { ...predictionOf(dataSet, [row, row.with(0, 1)]), model_file_name: 'm'.repeat(200) };
    const { batch_id, subjects } = { ...prediction, subjects: ['s'.repeat(200), 't'] };
    await test.db.predictions.store({ prediction: { ...prediction, subjects }, created: at(0) });
    const ratings = { batch_id, subjects, ratings: [0, 1] as const, labels: ['class 7', null] };
    await test.db.ratings.apply({ ...ratings, reviewer: 'r'.repeat(200) }, at(1));
    await test.db.training.sync(batch_id, subjects);
    expect((await test.db.ratings.receipt(batch_id)).map(({ features }) => features)).toEqual(
      prediction.input,
    );
  } finally {
    await test.close();
  }
});

describe.each(['iris', 'penguins', 'wine', 'digits'])('%s', name => {
  const { dataSet, csv } = findDataSet(name);
  let test: TestDatabase;
  beforeAll(async () => {
    test = await openTestDatabase({ dataSet, csv });
  });
  afterAll(() => test.close());

  it('has the rows of its file, and loses none to balance', async () => {
    const { training, holdout } = await test.db.training.dataSet(noCaps);
    const counts = dataSet.label.classes.map(
      (_, number) => training.classes.filter(one => one === number).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(20);
    expect(Math.max(...counts)).toBeGreaterThan(Math.min(...counts));
    expect(holdout.count).toBeGreaterThan(20);
    expect(training.classNames).toEqual(dataSet.label.classes.map(one => one.name));
    expect(training.columns).toBe(dataSet.features.length);
  });

  it('draws samples that are known to be something', async () => {
    const samples = await test.db.training.drawSamples(5);
    expect(samples).toHaveLength(5);
    for (const { features, label } of samples) {
      expect(features).toHaveLength(dataSet.features.length);
      expect(dataSet.label.classes.map(one => one.name)).toContain(label);
    }
  });
});
