import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { encodeRow, encodeRows, type Row } from '../data-set/row.ts';
import { compileModel, type Model } from '../learning/model.ts';
import { someFacts } from './arbitrary-model.testing.ts';
import {
  backgroundOf,
  checksumOf,
  decodeAnsweringModel,
  decodeModelFile,
  encodeModelFile,
  probe,
} from './model-file.ts';

// A model of a declaration, read under later ones.

const flower = {
  name: 'flowers',
  item: 'flower',
  features: [
    { name: 'length', kind: 'number', min: 0, max: 9 },
    { name: 'colour', kind: 'category', categories: ['blue', 'red'], missing: true },
    { name: 'wild', kind: 'yes-no' },
  ],
  label: { name: 'kind', classes: ['rose', 'iris', 'lily'] },
  file: 'flowers.csv',
};
type Declaration = typeof flower;

function declared(change: (declaration: Declaration) => object = declaration => declaration): DataSet {
  const { dataSet, problems } = checkDeclaration(change(structuredClone(flower)));
  if (!dataSet) throw new Error(JSON.stringify(problems));
  return dataSet;
}

const before = declared();
/** Every value weighs for every class, each with another weight. */
const model: Model = {
  columns: [{ kind: 'number' }, { kind: 'category', size: 2 }, { kind: 'number' }],
  classCount: 3,
  members: [
    {
      kind: 'networks',
      networks: {
        inputs: {
          encoders: [
            { kind: 'number', centre: 0, scale: 1, missing: false },
            { kind: 'one-hot', place: Int32Array.of(0, 1), inputs: 2, missing: true },
            { kind: 'number', centre: 0, scale: 1, missing: false },
          ],
          width: 5,
        },
        members: [
          [
            {
              units: 3,
              weights: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)),
              biases: new Float32Array(3),
            },
          ],
        ],
      },
    },
  ],
  blend: { weights: [1], shifts: [0, 0, 0], doubt: 0 },
};
const rows: readonly Row[] = [
  [1, 'blue', true],
  [5, 'red', false],
  [2, null, true],
];
const encoded = encodeRows(before, rows);
const text = encodeModelFile(before, {
  ...someFacts,
  model,
  probes: probe(before, model, rows),
  background: backgroundOf(encoded, 3),
});
const answers = compileModel(model).probabilities(encoded);
const answerTo = (row: Row): number[] => [...compileModel(model).probabilities(encodeRow(before, row))];

function answersNow(dataSet: DataSet, rowsNow: readonly Row[]): Float64Array {
  return decodeAnsweringModel(dataSet, text).probabilities(encodeRows(dataSet, rowsNow));
}

it('answers as it did where only a range, a hint or a title has changed', () => {
  const after = declared(({ features: [length, ...rest], ...others }) => ({
    ...others,
    title: 'All flowers',
    features: [{ ...length, max: 99, hint: 'in centimetres' }, ...rest],
  }));
  const read = decodeAnsweringModel(after, text);
  expect(read.isOfEarlier).toBe(false);
  expect(read.probabilities(encoded)).toEqual(answers);
});

it('does not look at a feature that it does not know, wherever that stands', () => {
  const scent = { name: 'scent', kind: 'category', categories: ['faint', 'strong'], missing: true };
  const after = declared(({ features, ...others }) => ({ ...others, features: [scent, ...features] }));
  for (const value of ['faint', 'strong', null])
    expect(
      answersNow(
        after,
        rows.map(row => [value, ...row]),
      ),
    ).toEqual(answers);
  const read = decodeAnsweringModel(after, text);
  expect(read.isOfEarlier).toBe(true);
  expect(read.background).toHaveLength(3);
  for (const { row } of read.probes) expect([row.length, row[0]]).toEqual([4, null]);
});

it('finds features and classes that were renamed, or stand elsewhere', () => {
  const after = declared(({ features: [length, colour, wild], label, ...others }) => ({
    ...others,
    features: [{ ...wild, name: 'grows wild', was: 'wild' }, length, colour],
    label: { ...label, classes: ['lily', { name: 'Rosa', was: 'rose' }, 'iris'] },
  }));
  const now = answersNow(
    after,
    rows.map(([length = null, colour = null, wild = null]) => [wild, length, colour]),
  );
  rows.forEach((_, row) => {
    const [rose, iris, lily] = answers.subarray(3 * row, 3 * row + 3);
    expect([...now.subarray(3 * row, 3 * row + 3)]).toEqual([lily, rose, iris]);
  });
});

it('takes a new category for one that was never seen, and knows the others in any order', () => {
  const after = declared(({ features: [length, colour, wild], ...others }) => ({
    ...others,
    features: [length, { ...colour, categories: ['amber', 'red', 'blue'] }, wild],
  }));
  expect(answersNow(after, rows)).toEqual(answers);
  const open = declared(({ features: [length, colour, wild], ...others }) => ({
    ...others,
    features: [length, { ...colour, unknown: 'accept' }, wild],
  }));
  const unseen = compileModel(model).probabilities(encodeRow(open, [1, 'amber', true]));
  expect(answersNow(after, [[1, 'amber', true]])).toEqual(unseen);
  expect([...unseen]).not.toEqual(answerTo([1, 'blue', true]));
});

it('never says a class that it does not know', () => {
  const after = declared(({ label, ...others }) => ({
    ...others,
    label: { ...label, classes: ['rose', 'tulip', 'iris', 'lily'] },
  }));
  const now = answersNow(after, rows);
  rows.forEach((_, row) => {
    const [rose, iris, lily] = answers.subarray(3 * row, 3 * row + 3);
    expect([...now.subarray(4 * row, 4 * row + 4)]).toEqual([rose, 0, iris, lily]);
  });
});

it.each<[string, string, (declaration: Declaration) => object]>([
  [
    'a feature that it needs is gone',
    'It needs the feature colour, which the declaration of flowers has no more',
    ({ features: [length, , wild], ...others }) => ({ ...others, features: [length, wild] }),
  ],
  [
    'a feature is of another kind',
    'wild was of kind yes-no, and is of kind number in the declaration of flowers',
    ({ features: [length, colour], ...others }) => ({
      ...others,
      features: [length, colour, { name: 'wild', kind: 'number' }],
    }),
  ],
  [
    'a class that it may say is gone',
    'It may say lily, which is no class of flowers any more',
    ({ label, ...others }) => ({ ...others, label: { ...label, classes: ['rose', 'iris'] } }),
  ],
])('is refused by name where %s', (_why, words, change) => {
  expect(() => decodeAnsweringModel(declared(change), text)).toThrow(
    expect.objectContaining({ problem: 'shape', message: expect.stringContaining(words) }),
  );
});

const withTulip = declared(({ label, ...others }) => ({
  ...others,
  label: { ...label, classes: [...label.classes, 'tulip'] },
}));

it('is written again under its own declaration alone', () => {
  expect(decodeModelFile(before, text).model).toEqual(model);
  expect(() => decodeModelFile(withTulip, text)).toThrow('other features or classes of flowers');
});

it('must say truly what it was made for', () => {
  const { checksum: _, ...file } = JSON.parse(text);
  file.data_set.classes = ['rose', 'lily', 'iris'];
  const forged = JSON.stringify({ ...file, checksum: checksumOf(file) });
  expect(() => decodeAnsweringModel(withTulip, forged)).toThrow('other features or classes of flowers');
});

it('answers under its own declaration alone where the file does not say more of it than a hash', () => {
  const { checksum: _, ...file } = JSON.parse(text);
  const { name, shape } = file.data_set;
  const content = { ...file, data_set: { name, shape } };
  const old = JSON.stringify({ ...content, checksum: checksumOf(content) });
  expect(decodeAnsweringModel(before, old).probabilities(encoded)).toEqual(answers);
  expect(() => decodeAnsweringModel(withTulip, old)).toThrow('other features or classes of flowers');
});
