import fc from 'fast-check';
import { arbitraryModel, someFacts } from '../classifier/arbitrary-model.testing.ts';
import { encodeModelFile, probe } from '../classifier/model-file.ts';
import { messageBounds } from '../contract/bounds.ts';
import { predictionMessage, requestMessage } from '../contract/messages.ts';
import { readItemsCsv, writeItemsCsv } from '../data-set/csv.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { decodeData } from '../pubsub/envelope.ts';
import { answerRows } from './answer.ts';
import { loadClassifier } from './load.ts';

// A table of 500 features and 100 classes, all the way from a CSV file to a prediction.

const kinds = [
  { kind: 'number' },
  { kind: 'number', integer: true },
  { kind: 'category', categories: ['red', 'green', 'blue'], missing: true },
  { kind: 'yes-no' },
];
const { dataSet, problems } = checkDeclaration({
  name: 'wide',
  item: 'row',
  features: Array.from({ length: 500 }, (_, i) => ({
    ...kinds[i % 4],
    name: `What was measured at place ${i}`,
  })),
  label: { name: 'class', classes: Array.from({ length: 100 }, (_, i) => `class ${i}`) },
  file: 'wide.csv',
});
if (!dataSet) throw new Error(JSON.stringify(problems));

it('takes rows of 500 features, and answers with the shares of 100 classes', async () => {
  const rows = Array.from({ length: 20 }, (_, row) =>
    dataSet.features.map(
      (_, i) => [row + i / 7, row * i, i % 3 === 0 ? null : 'green', row % 2 === 0][i % 4] ?? null,
    ),
  );
  const csv = writeItemsCsv(
    dataSet,
    rows.map((row, i) => ({ subject: `row ${i}`, row })),
  );
  const { features, subjects, problems: unread } = readItemsCsv(dataSet, csv);
  expect({ features, unread }).toEqual({ features: rows, unread: [] });

  const batch_id = 'aaaaaaaa-0000-4000-8000-000000000001';
  const sent = Buffer.from(JSON.stringify({ batch_id, subjects, features }));
  const request = await decodeData(sent, requestMessage(dataSet), messageBounds(dataSet));
  const [model] = fc.sample(arbitraryModel(dataSet), { numRuns: 1, seed: 1 });
  if (!model) throw new Error('There is no model.');
  const probes = probe(dataSet, model, rows.slice(0, 8));
  const text = encodeModelFile(dataSet, { ...someFacts, probes, model });
  const answers = answerRows(dataSet, loadClassifier(dataSet, 'wide.json', text), request.features);
  const prediction = { batch_id, subjects, input: request.features, ...answers };
  const received = Buffer.from(JSON.stringify(prediction));
  const { probabilities = [], output } = await decodeData(
    received,
    predictionMessage(dataSet),
    messageBounds(dataSet),
  );
  for (const [row, shares] of probabilities.entries()) {
    expect(shares).toHaveLength(100);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(output[row]).toBe(`class ${shares.indexOf(Math.max(...shares))}`);
  }
});
