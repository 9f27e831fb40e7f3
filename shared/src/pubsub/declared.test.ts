import fc from 'fast-check';
import { predictionMessage, requestMessage } from '../contract/messages.ts';
import { arbitraryDataSet, arbitraryRow } from '../data-set/arbitrary.testing.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { namedFromRow } from '../data-set/row.ts';
import { declarationAttributes, translatorOf } from './declared.ts';

const batch_id = 'aaaaaaaa-0000-4000-8000-000000000001';

function declared(over: object): DataSet {
  const { dataSet, problems } = checkDeclaration({
    name: 'flowers',
    item: 'flower',
    features: [
      { name: 'length', kind: 'number' },
      { name: 'colour', kind: 'category', categories: ['blue', 'red'] },
    ],
    label: { name: 'kind', classes: ['rose', 'iris'] },
    file: 'flowers.csv',
    ...over,
  });
  if (!dataSet) throw new Error(JSON.stringify(problems));
  return dataSet;
}

const before = declared({});

function translated(to: DataSet, content: object, from = before): unknown {
  return translatorOf(to, declarationAttributes(from))?.(content);
}

it('leaves messages of the same declaration alone, and those of programs that do not say which', () => {
  expect(translatorOf(before, declarationAttributes(declared({ title: 'Flowers' })))).toBeUndefined();
  expect(translatorOf(before, {})).toBeUndefined();
  expect(translatorOf(before, { declaration: 'no JSON' })).toBeUndefined();
  expect(translatorOf(before, { declaration: '{"columns": 7}' })).toBeUndefined();
});

it('keeps to what Pub/Sub takes, and is read back, with 500 features and classes in any script', () => {
  const wide = declared({
    features: Array.from({ length: 500 }, (_, i) => ({
      name: `a rather long name of a column ${i}`,
      kind: 'number',
    })),
    label: { name: 'kind', classes: Array.from({ length: 100 }, (_, i) => `花 ${i} 🌹`) },
  });
  const attributes = declarationAttributes(wide);
  expect(Object.keys(attributes).length).toBeLessThan(80);
  for (const text of Object.values(attributes)) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
  const wider = declared({
    features: [{ name: 'more', kind: 'number', missing: true }, ...wide.features],
    label: wide.label,
  });
  const row = wide.features.map((_, i) => i);
  expect(translated(wider, { features: [row] }, wide)).toEqual({ features: [[null, ...row]] });
});

it('finds the values of every row by their columns, whatever their order was', () => {
  const anything = arbitraryDataSet().chain(dataSet =>
    fc.record({
      dataSet: fc.constant(dataSet),
      rows: fc.array(arbitraryRow(dataSet), { minLength: 1, maxLength: 3 }),
    }),
  );
  fc.assert(
    fc.property(anything, ({ dataSet, rows }) => {
      const turned = { ...dataSet, features: dataSet.features.toReversed() };
      const request = { batch_id, subjects: rows.map(() => 'a'), features: rows };
      const translate = translatorOf(turned, declarationAttributes(dataSet)) ?? (same => same);
      const { features } = requestMessage(turned).parse(translate(request));
      expect(features.map(row => namedFromRow(turned, row))).toEqual(
        rows.map(row => namedFromRow(dataSet, row)),
      );
    }),
    { numRuns: 50 },
  );
});

it('fills in features that the sender did not know, and follows those that were renamed', () => {
  const after = declared({
    features: [
      { name: 'wild', kind: 'yes-no', fill: false },
      { name: 'Colour of petals', was: 'colour', kind: 'category', categories: ['blue', 'red'] },
      { name: 'length', kind: 'number' },
      { name: 'scent', kind: 'number', missing: true },
    ],
  });
  expect(translated(after, { features: [[1, 'red']] })).toEqual({ features: [[false, 'red', 1, null]] });
});

it('gives no value to another feature that has the column of one before', () => {
  const after = declared({
    features: [
      { name: 'length of leaf', column: 'length', kind: 'number', missing: true },
      { name: 'length of stem', was: 'length', kind: 'number' },
      { name: 'colour', kind: 'category', categories: ['blue', 'red'] },
    ],
  });
  expect(translated(after, { features: [[1, 'red']] })).toEqual({ features: [[null, 1, 'red']] });
});

it('takes nothing of a declaration that is too long to be told, and everything of its own', () => {
  const features = (last: string) =>
    Array.from({ length: 900 }, (_, i) => ({
      name: `${'x'.repeat(90)} ${i === 0 ? last : i}`,
      kind: 'number',
    }));
  const [long, other] = [declared({ features: features('a') }), declared({ features: features('b') })];
  expect(translatorOf(long, declarationAttributes(long))).toBeUndefined();
  expect(() => translated(long, {}, other)).toThrow('too long to be told');
});

it('follows classes that were renamed, renumbered or added, with what models said of them', () => {
  const after = declared({
    label: { name: 'kind', classes: ['tulip', { name: 'Iris', was: 'iris' }, 'rose'] },
  });
  const prediction = { batch_id, subjects: ['a'], input: [[1, 'red']], output: ['iris'], scores: [0.75] };
  const now = translated(after, prediction);
  expect(predictionMessage(after).parse(now)).toEqual({
    batch_id,
    subjects: ['a'],
    input: [[1, 'red']],
    output: ['Iris'],
    probabilities: [[0, 0.75, 0.25]],
  });
  expect(translated(after, { labels: ['rose', null, 'iris'] })).toEqual({ labels: ['rose', null, 'Iris'] });
});

it.each([
  [
    'a feature that is not known here',
    { features: [...before.features, { name: 'wild', kind: 'yes-no', fill: false }] },
    { input: [[1, 'red', true]] },
  ],
  [
    'a class that is not known here',
    { label: { name: 'kind', classes: ['rose', 'tulip', 'iris'] } },
    { output: ['tulip'], probabilities: [[0, 1, 0]] },
  ],
])('makes nothing of %s that would lose a part of it', (_what, over, fields) => {
  const prediction = { batch_id, subjects: ['a'], input: [[1, 'red']], output: ['rose'], ...fields };
  expect(predictionMessage(before).safeParse(translated(before, prediction, declared(over))).success).toBe(
    false,
  );
});
