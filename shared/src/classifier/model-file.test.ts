import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bankData, rowsOf } from '@banknote-loop/testing/bank-data';
import { banknotes, iris, penguins } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { arbitraryDataSet, arbitraryRow } from '../data-set/arbitrary.testing.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRows } from '../data-set/row.ts';
import { chooseBackend } from '../learning/backend.ts';
import { compileModel } from '../learning/model.ts';
import { arbitraryModel, someFacts } from './arbitrary-model.testing.ts';
import { checksumOf, decodeModelFile, encodeModelFile, type ModelFile, probe } from './model-file.ts';
import { train } from './train.ts';

type Fields = Record<string, unknown>;

/** The model that was written before there were other data sets than banknotes. */
const earlier = readFileSync(join(import.meta.dirname, 'model-file-v1.json'), 'utf8');

/** The file with other content and, so that only that is wrong, with the checksum that belongs to it. */
function changed(text: string, change: (fields: Fields) => void): string {
  const { checksum: _, ...fields }: Fields = JSON.parse(text);
  change(fields);
  return JSON.stringify({ ...fields, checksum: checksumOf(fields) });
}

describe('a model file', () => {
  it('brings back any model of any data set, and with it every answer', () => {
    const anything = arbitraryDataSet().chain(dataSet =>
      fc.record({
        dataSet: fc.constant(dataSet),
        rows: fc.array(arbitraryRow(dataSet), { minLength: 1, maxLength: 5 }),
        model: arbitraryModel(dataSet),
      }),
    );
    fc.assert(
      fc.property(anything, ({ dataSet, rows, model }) => {
        const written: ModelFile = { ...someFacts, probes: probe(dataSet, model, rows), model };
        const {
          answer: _,
          probabilities,
          ...read
        } = decodeModelFile(dataSet, encodeModelFile(dataSet, written));
        expect(read).toEqual(written);
        const encoded = encodeRows(dataSet, rows);
        expect(probabilities(encoded)).toEqual(compileModel(model).probabilities(encoded));
      }),
      { numRuns: 50 },
    );
  });

  it('holds what was learned, and how it was chosen', async () => {
    const { tf } = await chooseBackend('wasm');
    const { dataSet, set } = await rowsOf('penguins');
    const outcome = await train(tf, dataSet, set, { seed: 1, budgetSeconds: 2 });
    if (!outcome.trained) throw new Error(outcome.reason);
    const { model, choice } = outcome;
    const probes = probe(dataSet, model, [penguins.features.map(({ example }) => example)]);
    const text = encodeModelFile(dataSet, { ...someFacts, probes, choice, model });
    const read = decodeModelFile(dataSet, text);
    expect(read).toMatchObject({ ...someFacts, probes, choice });
    expect(read.probabilities(set.features)).toEqual(compileModel(model).probabilities(set.features));
  });
});

describe('a model file of version 1', () => {
  it('answers as it did when it was written', () => {
    const { answer: _, probabilities, ...read } = decodeModelFile(banknotes, earlier);
    expect(read).toMatchObject({ seed: 42, fingerprint: 'bank-data', backend: 'wasm' });
    expect(read.choice).toBeUndefined();
    const { features } = bankData();
    const before: readonly (readonly [number, number])[] = [
      [2, 0.0008040839268198244],
      [500, 0.000004781241981228479],
      [728, 0.13174400377615864],
      [800, 0.9999848592806846],
      [1371, 0.9999639391713109],
    ];
    for (const [row, score] of before) {
      const [fake = 0, real] = probabilities(features.subarray(row * 4, row * 4 + 4));
      expect(real).toBeCloseTo(score, 9);
      expect(fake + score).toBeCloseTo(1, 9);
    }
    const absurd = probabilities(Float64Array.of(1e300, -5, 1e9, 0, 1e4, -30, 3, 3));
    expect([...absurd]).toEqual([1, 0, 1, 0]);
  });

  it('is refused by any other data set', () => {
    expect(() => decodeModelFile(iris, earlier)).toThrow('made for the data set banknotes, and this is iris');
  });

  const weights = (...numbers: readonly number[]) =>
    Buffer.from(Float32Array.from({ length: 97 }, (_, i) => numbers[i] ?? 0).buffer).toString('base64');

  it.each<[string, string, Fields]>([
    ['schema', 'at seed', { seed: 'one' }],
    ['schema', 'at scaling.deviation.2', { scaling: { mean: [0, 0, 0, 0], deviation: [1, 1, 0, 1] } }],
    ['shape', 'takes 5 features', { topology: topology(16, 'sigmoid', 5) }],
    ['shape', '388 bytes', { topology: topology(8) }],
    ['shape', 'must be one sigmoid', { topology: topology(16, 'relu') }],
    ['schema', 'not finite', { weights: weights(Number.NaN) }],
    ['schema', 'far too large', { weights: weights(0, 1e7) }],
    ['self-test', 'probe 0', { weights: weights() }],
  ])('is refused where it is not sound: %s, %s', (problem, words, fields) => {
    const text = changed(earlier, content => Object.assign(content, fields));
    expect(() => decodeModelFile(banknotes, text)).toThrow(
      expect.objectContaining({ problem, message: expect.stringContaining(words) }),
    );
  });

  function topology(units: number, activation = 'sigmoid', inputs = 4) {
    const layers = [
      { units, activation: 'relu' },
      { units: 1, activation },
    ];
    return { inputs, layers };
  }
});

describe('decodeModelFile refuses', () => {
  const [model] = fc.sample(arbitraryModel(iris), { numRuns: 1, seed: 1 });
  if (!model) throw new Error('There is no model.');
  const rows = [
    [5.1, 3.5, 1.4, 0.2],
    [6.3, 3.3, 6, 2.5],
  ];
  const probes = probe(iris, model, rows);
  const text = encodeModelFile(iris, { ...someFacts, probes, model });
  const withFields = (fields: Fields) => () => changed(text, content => Object.assign(content, fields));
  const [first, second] = iris.features;
  if (!first || !second) throw new Error('There are no features.');

  it.each<[string, string, () => string]>([
    ['not-json', 'cut off', () => text.slice(0, -10)],
    ['too-large', '50000001 characters', () => ' '.repeat(50_000_001)],
    ['schema', 'at the whole file', () => '[]'],
    ['schema', 'at seed', withFields({ seed: 'one' })],
    ['schema', 'at version', withFields({ version: 3 })],
    ['schema', 'code', withFields({ code: 'alert(1)' })],
    ['schema', 'at model', withFields({ model: { columns: [] } })],
    ['schema', 'at checksum', () => text.replace(/,"checksum":"[^"]*"/, '')],
    ['checksum', 'damaged', () => text.replace('"seed":42', '"seed":43')],
    ['data-set', 'data set wine, and this is iris', withFields({ data_set: { name: 'wine', shape: 'x' } })],
    ['shape', 'other features or classes of iris', withFields({ data_set: { name: 'iris', shape: 'x' } })],
    ['shape', 'takes 4 features', withFields({ probes: probes.map(one => ({ ...one, row: [1, 2] })) })],
    [
      'self-test',
      'of probe 1',
      withFields({ probes: probes.map((one, i) => ({ ...one, row: i === 0 ? one.row : [0, 0, 0, 0] })) }),
    ],
  ])('%s: %s', (problem, words, file) => {
    expect(() => decodeModelFile(iris, file())).toThrow(
      expect.objectContaining({
        name: 'InvalidModelError',
        problem,
        message: expect.stringContaining(words),
      }),
    );
  });

  it.each<[string, DataSet]>([
    ['a feature came', { ...iris, features: [...iris.features, { ...first, column: 'more', name: 'more' }] }],
    ['features changed places', { ...iris, features: [second, first, ...iris.features.slice(2)] }],
    [
      'classes changed places',
      { ...iris, label: { ...iris.label, classes: iris.label.classes.toReversed() } },
    ],
  ])('a model made before %s', (_what, dataSet) => {
    expect(() => decodeModelFile(dataSet, text)).toThrow('other features or classes of iris');
  });

  it('nothing where only words of the declaration have changed', () => {
    const dataSet = {
      ...iris,
      title: 'Irises',
      features: iris.features.map(one => ({ ...one, hint: 'cm' })),
    };
    expect(decodeModelFile(dataSet, text)).toMatchObject({ probes });
  });

  it('to write what it could not read', () => {
    expect(() => encodeModelFile(iris, { ...someFacts, probes, model, created: 'yesterday' })).toThrow(
      'not valid at created',
    );
  });
});
