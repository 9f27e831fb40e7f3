import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import { treeModel } from '@banknote-loop/testing/onnx-models';
import fc from 'fast-check';
import type { DataSet } from '../../data-set/declaration.ts';
import { chooseBackend } from '../backend.ts';
import { catalog } from '../catalog.ts';
import { stratifiedFolds } from '../folds.ts';
import { type Model, scoreRows } from '../model.ts';
import type { LabelledTable } from '../table.ts';
import { mixedTable } from '../tables.testing.ts';
import { type OnnxInput, runOnnx } from './host.ts';
import { readOnnxModel } from './read-model.ts';
import { writeOnnxModel } from './write-model.ts';

/** What the tables of tests are declared as. */
function declarationOf({ columns, classCount }: LabelledTable): DataSet {
  const features = columns.map((column, i): DataSet['features'][number] => {
    const called = { name: `f${i}`, column: `f${i}`, csv: `f${i}`, missing: true };
    if (column.kind === 'number')
      return { ...called, kind: 'number', integer: false, strict: false, example: 0 };
    const categories = Array.from({ length: column.size }, (_, code) => `kind ${code}`);
    return { ...called, kind: 'category', categories, unknown: 'accept', example: 'kind 0' };
  });
  const classes = Array.from({ length: classCount }, (_, i) => ({ name: `class ${i}`, csv: `${i}` }));
  return { ...penguins, features, label: { name: 'kind', csv: 'kind', classes } };
}

/** Asks a file as another program would, by the names of the columns. */
function ask(dataSet: DataSet, graph: Uint8Array, values: Float64Array) {
  const width = dataSet.features.length;
  const rows = values.length / width;
  const inputs = dataSet.features.map((feature, i): OnnxInput => {
    const own = Float64Array.from({ length: rows }, (_, row) => values[row * width + i] ?? Number.NaN);
    if (feature.kind !== 'category') return { name: feature.column, type: 'float64', width: 1, data: own };
    const textOf = (code: number): string =>
      Number.isNaN(code) ? '' : (feature.categories[code] ?? 'unheard of');
    return { name: feature.column, type: 'string', width: 1, data: Array.from(own, textOf) };
  });
  const key = `${graph.length} ${Math.random()}`;
  const { label, probabilities } = runOnnx({ key, graph, outputs: ['label', 'probabilities'] }, inputs, rows);
  return {
    labels: Array.from(label?.data ?? [], String),
    shares: Array.from(probabilities?.data ?? [], Number),
  };
}

function expectTheSame(dataSet: DataSet, model: Model, rows: Float64Array): void {
  const { labels, shares } = ask(dataSet, writeOnnxModel(dataSet, model), rows);
  const ours = scoreRows(model, rows);
  expect(shares).toHaveLength(ours.length);
  ours.forEach((share, place) => {
    expect(Math.abs(share - (shares[place] ?? Number.NaN))).toBeLessThan(1e-5);
  });
  const { classes } = dataSet.label;
  labels.forEach((label, row) => {
    const own = [...ours.subarray(row * classes.length, (row + 1) * classes.length)];
    expect(own[classes.findIndex(({ name }) => name === label)]).toBeGreaterThan(Math.max(...own) - 1e-5);
  });
}

/** Rows as they come: of the table, with gaps, with what was never seen, and absurd ones. */
function rowsFor(table: LabelledTable): Float64Array {
  const value = fc.oneof(
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.constant(Number.NaN),
  );
  const row = fc.tuple(
    ...table.columns.map(column =>
      column.kind === 'number' ? value : fc.oneof(fc.nat(column.size), fc.constant(Number.NaN)),
    ),
  );
  const strange = fc.sample(row, { numRuns: 300, seed: 1 }).flat();
  return Float64Array.from([...table.values.subarray(0, 100 * table.columns.length), ...strange]);
}

describe.each([2, 3])('a model of %i classes as ONNX answers as ours does', classCount => {
  const table = mixedTable(300, 1, classCount);
  const dataSet = declarationOf(table);
  const rows = rowsFor(table);
  let models: Model[];
  beforeAll(async () => {
    const backend = await chooseBackend('wasm');
    const task = { table, folds: stratifiedFolds(table, 2, 1), seed: 1, mostRows: Infinity };
    models = catalog.map(candidate => ({
      columns: table.columns,
      classCount,
      members: [candidate.fit(backend.tf, task).model],
      blend: { weights: [0.9], shifts: [0.1, -0.1, 0.2].slice(0, classCount), doubt: 0.003 },
    }));
  });

  it.each(catalog.map(({ name }, i) => [name, i] as const))('for %s', (_, i) => {
    const model = models[i];
    if (model) expectTheSame(dataSet, model, rows);
    expect(model).toBeDefined();
  });

  it('for all of them together', () => {
    const [first] = models;
    if (!first) throw new Error('There are no models.');
    const members = models.flatMap(model => model.members);
    const weights = members.map((_, i) => 0.1 + i / 100);
    expectTheSame(dataSet, { ...first, members, blend: { ...first.blend, weights } }, rows);
  });

  it('and is taken in again, with the same inputs', () => {
    const [model] = models;
    if (!model) throw new Error('There are no models.');
    const { inputs, output } = readOnnxModel(dataSet, writeOnnxModel(dataSet, model));
    expect(inputs.flatMap(({ columns }) => columns)).toEqual(table.columns.map((_, column) => column));
    expect(output).toMatchObject({ name: 'probabilities', ofLabels: false });
  });
});

it('an earlier model, of plain numbers and columns that do not count, is written, too', () => {
  const table = mixedTable(20, 1);
  const plain = { kind: 'plain', centre: 0.5, scale: 2 } as const;
  const encoders = table.columns.map((column, i) =>
    column.kind === 'number' && i > 0 ? plain : ({ kind: 'none' } as const),
  );
  const layer = { units: 1, weights: Float32Array.of(1, -2), biases: Float32Array.of(0.25) };
  const networks = { inputs: { encoders, width: 2 }, members: [[layer]] };
  const model: Model = {
    columns: table.columns,
    classCount: 2,
    members: [{ kind: 'networks', networks }],
    blend: { weights: [1], shifts: [0, 0], doubt: 0 },
  };
  expectTheSame(declarationOf(table), model, rowsFor(table));
});

it('of a model from elsewhere the file that came is what is written', () => {
  const file = treeModel(4, 0, 0.5);
  const { graph, inputs, output } = readOnnxModel(banknotes, file);
  const { ofLabels: _, ...own } = output;
  const model: Model = {
    columns: banknotes.features.map(() => ({ kind: 'number' })),
    classCount: 2,
    members: [{ kind: 'onnx', onnx: { graph, inputs, output: { ...own, form: 'probabilities' } } }],
    blend: { weights: [1], shifts: [0, 0], doubt: 0 },
  };
  expect(writeOnnxModel(banknotes, model)).toEqual(graph);
  const blended = { ...model, members: [...model.members, ...model.members] };
  expect(() => writeOnnxModel(banknotes, blended)).toThrow('cannot be written as ONNX');
});
