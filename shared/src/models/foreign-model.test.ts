import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import {
  linearModel,
  networkModel,
  node,
  pipelineModel,
  testOnnxFile,
  treeModel,
  value,
} from '@banknote-loop/testing/onnx-models';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRows, exampleRow, type Row } from '../data-set/row.ts';
import { type OnnxAttribute, readOnnx, writeOnnx } from '../learning/onnx/format.ts';
import { runOnnx } from '../learning/onnx/host.ts';
import { answerRows } from './answer.ts';
import { readForeignModel } from './foreign-model.ts';
import { loadClassifier } from './load.ts';

const weights = [-1, -0.5, -0.5, 0.1];
const notes: readonly Row[] = [
  [3.6216, 8.6661, -2.8073, -0.44699],
  [-2.5, -6.5, 6, 0.5],
  [0.4, -1, 1.2, -0.3],
];

/** What a model says once it has come in, and gone through its file. */
function answersOf(dataSet: DataSet, file: Uint8Array, rows: readonly Row[]) {
  const { text } = readForeignModel(dataSet, file, encodeRows(dataSet, rows));
  return answerRows(dataSet, loadClassifier(dataSet, 'model.json', text), rows);
}

const logistic = ([a, b, c, d]: readonly number[]): number =>
  1 / (1 + Math.exp(-(-(a ?? 0) - 0.5 * (b ?? 0) - 0.5 * (c ?? 0) + 0.1 * (d ?? 0) + 1) * 2));

describe('a model from elsewhere answers', () => {
  it('as a linear one with maps of probabilities', () => {
    const { scores = [] } = answersOf(
      banknotes,
      linearModel(
        weights.map(one => one),
        2,
      ),
      notes,
    );
    notes.forEach((note, i) => {
      expect(scores[i]).toBeCloseTo(logistic(note as number[]), 5);
    });
  });

  it('as trees', () => {
    const { scores } = answersOf(banknotes, treeModel(4, 0, 0.5), notes);
    expect(scores).toEqual([expect.closeTo(0.9, 6), expect.closeTo(0.1, 6), expect.closeTo(0.1, 6)]);
  });

  it('as a network with raw scores', () => {
    const { scores = [] } = answersOf(banknotes, networkModel(weights, 1), notes);
    notes.forEach((note, i) => {
      // Of two ramps in opposite directions one is silent: what is left is half of the distance.
      const score = Math.log(logistic(note as number[]) / (1 - logistic(note as number[]))) / 2;
      expect(Math.log((scores[i] ?? 0) / (1 - (scores[i] ?? 0)))).toBeCloseTo(score, 4);
    });
  });

  it('with labels alone, of which it is never quite sure', () => {
    const { output, scores } = answersOf(banknotes, networkModel(weights, 1, 'labels'), notes);
    expect(output).toEqual(['fake', 'real', 'real']);
    expect(scores).toEqual([expect.closeTo(0.02, 9), expect.closeTo(0.98, 9), expect.closeTo(0.98, 9)]);
  });

  it('as a pipeline with texts, missing values and several classes', () => {
    const rows = [
      exampleRow(penguins),
      exampleRow(penguins).map((one, i) => (penguins.features[i]?.missing ? null : one)),
    ];
    const { output, probabilities } = answersOf(
      penguins,
      pipelineModel(penguins, () => 0.001),
      rows,
    );
    expect(output).toHaveLength(2);
    for (const own of probabilities ?? []) {
      expect(own).toHaveLength(3);
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  });

  it('as a file of our own format, as it did where it was made', () => {
    const file = readFileSync(join(import.meta.dirname, '../classifier/model-file-v1.json'));
    const before = answerRows(banknotes, loadClassifier(banknotes, 'old.json', file.toString()), notes);
    expect(answersOf(banknotes, file, notes).scores).toEqual(before.scores);
  });
});

describe('a model from elsewhere is refused', () => {
  const x = value('x', 'float', 'rows', 4);
  const y = value('y', 'float', 'rows', 2);
  const refusalOf = (file: Uint8Array, dataSet: DataSet = banknotes): string => {
    try {
      readForeignModel(dataSet, file, encodeRows(dataSet, [exampleRow(dataSet), exampleRow(dataSet)]));
    } catch (error) {
      if (error instanceof Error) return `${error.name}: ${error.message}`;
    }
    return 'taken';
  };

  const endless = testOnnxFile({
    node: [{ ...node('Loop', ['', 'go', 'x'], ['y']), attribute: [{ name: 'body', g: {}, type: 5 }] }],
    initializer: [{ name: 'go', dims: [], dataType: 9, int32Data: [1] }],
    input: [x],
    output: [y],
  });
  const giant = testOnnxFile({
    node: [node('ConstantOfShape', ['size'], ['ones']), node('ReduceSum', ['ones'], ['y'])],
    initializer: [{ name: 'size', dims: [1], dataType: 7, int64Data: [4_000_000_000] }],
    input: [x],
    output: [y],
  });

  /** Only a note above the threshold would ever be led round. */
  const circular = (): Uint8Array => {
    const file = readOnnx(treeModel(4, 0, 1_000));
    const modes = ['BRANCH_LEQ', 'LEAF', 'BRANCH_LEQ'].map(mode => Buffer.from(mode));
    const withModes = (attribute: OnnxAttribute): OnnxAttribute =>
      attribute.name === 'nodes_modes' ? { ...attribute, strings: modes } : attribute;
    const node = file.graph?.node?.map(one => ({ ...one, attribute: one.attribute?.map(withModes) ?? [] }));
    return writeOnnx({ ...file, graph: { ...file.graph, ...(node && { node }) } });
  };

  it.each<[string, Uint8Array, string]>([
    ['for a tree that leads back to its root', circular(), 'leads back to itself'],
    ['for a loop', endless, 'The operator Loop is not taken'],
    ['for a giant constant', giant, 'The operator ConstantOfShape is not taken'],
    [
      'for a value that claims to be giant',
      testOnnxFile({
        node: [node('Add', ['x', 'w'], ['y'])],
        initializer: [{ name: 'w', dims: [1e9], dataType: 1, floatData: [1] }],
        input: [x],
        output: [y],
      }),
      'holds 1',
    ],
    [
      'for values that lie beside it',
      testOnnxFile({
        node: [node('Add', ['x', 'w'], ['y'])],
        initializer: [{ name: 'w', dims: [1], dataType: 1, dataLocation: 1 }],
        input: [x],
        output: [y],
      }),
      'lies in a file beside the model',
    ],
    [
      'for chance',
      testOnnxFile({ node: [node('RandomNormalLike', ['x'], ['y'])], input: [x], output: [y] }),
      'RandomNormalLike',
    ],
    ['for another number of features', treeModel(5, 0, 0), 'takes 5 values of a row, and there are 4'],
    [
      'for a feature that is none',
      testOnnxFile({
        node: [node('Add', ['height', 'weight'], ['y'])],
        input: [value('height', 'float', 'rows', 1), value('weight', 'float', 'rows', 1)],
        output: [y],
      }),
      'The input height is none of the features: they are variance, skewness, curtosis, entropy.',
    ],
    ['for being none', Buffer.from('PK\u0003\u0004 a picture, say'), 'The file is no ONNX model'],
    ['for being empty of a graph', writeOnnx({ irVersion: 8 }), 'there is no graph in it'],
    ['for a checksum', Buffer.from('{"format":"banknote-loop/model","checksum":"0"}'), 'checksum'],
    [
      'for answers that are not one a row',
      testOnnxFile({
        node: [node('ReduceSum', ['x'], ['y'])],
        input: [x],
        output: [value('y', 'float', 'one', 'same')],
      }),
      'values for',
    ],
  ])('%s', (_why, file, said) => {
    const refusal = refusalOf(file);
    expect(refusal).toContain('PermanentError: The model is not taken: ');
    expect(refusal).toContain(said);
  });

  it('where it takes numbers for a text', () => {
    expect(refusalOf(treeModel(penguins.features.length, 0, 0), penguins)).toContain('let it take texts');
  });

  it('for more memory than there is, or for more time, and others answer as before', () => {
    const inputs = [{ name: 'x', type: 'float32', width: 4, data: new Float64Array(4) }] as const;
    const run = (key: string, graph: Uint8Array) => () => runOnnx({ key, graph, outputs: ['y'] }, inputs, 1);
    // Past the list of operators, as if it had a gap.
    expect(run('giant', giant)).toThrow('The model does not work');
    expect(answersOf(banknotes, treeModel(4, 0, 0.5), notes).output).toEqual(['real', 'fake', 'fake']);
    const loop = readFileSync(join(import.meta.dirname, 'endless-loop.onnx'));
    expect(run('endless', loop)).toThrow('has not answered within 2.002 s');
    expect(answersOf(banknotes, treeModel(4, 0, 0.5), notes).output).toEqual(['real', 'fake', 'fake']);
  });
});
