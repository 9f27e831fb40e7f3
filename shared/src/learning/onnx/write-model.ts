import type { DataSet } from '../../data-set/declaration.ts';
import type { Blend } from '../blend.ts';
import type { Member } from '../catalog.ts';
import type { Model } from '../model.ts';
import { Graph, onnxFile, value } from './graph.ts';
import { writeForest } from './write-forest.ts';
import { type OnnxInputs, writeInputs } from './write-inputs.ts';
import { writeNetworks } from './write-networks.ts';

// A model of ours as ONNX, for other programs: an input for each feature, under its column's name, and the probabilities
// and the label of each row. All arithmetic is in doubles, as ours is, but for the sums of trees, which ONNX has as floats.

/**
 * Throws where a model cannot be written so that it says the same. How unlike known rows a row is, is left out: far away from
 * all of them, where ours draws its answers towards the shares of the classes, the file says what the members say.
 */
export function writeOnnxModel(dataSet: DataSet, { members, blend, classCount }: Model): Uint8Array {
  const [only] = members;
  if (only?.kind === 'onnx' && members.length === 1 && isPlain(blend)) return only.onnx.graph;
  const graph = new Graph();
  const inputs = writeInputs(dataSet, graph);
  const parts = members.map(member =>
    graph.add('LogSoftmax', [writeMember(graph, inputs, member)], { axis: 1 }),
  );
  writeAnswers(dataSet, graph, writeBlend(graph, blend, parts, classCount));
  return onnxFile(
    {
      name: dataSet.name,
      node: graph.nodes,
      initializer: graph.constants,
      input: dataSet.features.map(({ column, kind }) =>
        value(column, kind === 'category' ? 'text' : 'double', 'rows', 1),
      ),
      output: [value('label', 'text', 'rows'), value('probabilities', 'double', 'rows', classCount)],
    },
    'banknote-loop',
  );
}

/** As models from elsewhere are taken in: then the file that came is what there is to write. */
function isPlain({ weights, shifts, doubt }: Blend): boolean {
  return weights[0] === 1 && shifts.every(shift => shift === 0) && doubt === 0;
}

function writeMember(graph: Graph, inputs: OnnxInputs, member: Member): string {
  if (member.kind === 'networks') return writeNetworks(graph, inputs, member.networks);
  if (member.kind === 'trees') return writeForest(graph, inputs, member.forest);
  throw new Error('A model from elsewhere that is blended with others cannot be written as ONNX.');
}

function writeBlend(
  graph: Graph,
  { weights, shifts, doubt }: Blend,
  parts: readonly string[],
  classCount: number,
) {
  const weighted = parts.map((part, i) => graph.add('Mul', [part, graph.number(weights[i] ?? 0)]));
  const shifted = graph.add('Sum', [...weighted, graph.constant([1, classCount], Float64Array.from(shifts))]);
  const shares = graph.add('Softmax', [shifted], { axis: 1 });
  const known = graph.add('Mul', [shares, graph.number(1 - doubt)]);
  return graph.add('Add', [known, graph.number(doubt / classCount)]);
}

/** Of equals the last is called, as with us. */
function writeAnswers({ label }: DataSet, graph: Graph, probabilities: string): void {
  const called = graph.add('ArgMax', [probabilities], { axis: 1, keepdims: 0, select_last_index: 1 });
  const names = label.classes.map(({ name }) => name);
  const text = graph.addForTables('LabelEncoder', [called], {
    keys_int64s: Int32Array.of(...names.keys()),
    values_strings: names,
  });
  graph.output('label', text);
  graph.output('probabilities', probabilities);
}
