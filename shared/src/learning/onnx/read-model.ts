import type { DataSet, Feature } from '../../data-set/declaration.ts';
import {
  elementTypes,
  type OnnxAttribute,
  type OnnxFile,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  readOnnx,
  writeOnnx,
} from './format.ts';
import type { OnnxInput } from './host.ts';
import { mostOnnxBytes } from './limits.ts';
import type { OnnxAnswer, OnnxInputOf, OnnxMember } from './member.ts';
import { hasCycle } from './tree-cycles.ts';

// A file from elsewhere, before anything of it is run: what it is made of must be on a list, and must fit the features
// and classes of the data set. Whether it answers, how fast and always alike, is found out afterwards.

/** The file is not one that may answer here; the message is for whoever sent it. */
export class UnfitModelError extends Error {
  override readonly name = 'UnfitModelError';
}

const mostNodes = 5_000;
/** Of each initial value; more would be no table's. */
const mostElements = 20_000_000;

/** Plain arithmetic, and each no larger than what goes in: no loops, nothing random, nothing that grows by itself. */
const plainOperators = `Abs Add And ArgMax ArgMin BatchNormalization Cast Clip Concat Constant Div Dropout Elu Equal Erf Exp
  Flatten Floor Gather GatherElements Gelu Gemm Greater GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN
  LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max Mean Min Mul Neg Not Or PRelu Pow Reciprocal
  ReduceMax ReduceMean ReduceMin ReduceSum ReduceL1 ReduceL2 ReduceLogSumExp Relu Reshape Round Selu Shape Sigmoid Sign Slice
  Softmax Softplus Softsign Split Sqrt Squeeze StringNormalizer Sub Sum Tanh Transpose Unsqueeze Where Xor`;
const tableOperators = `ArrayFeatureExtractor Binarizer CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder
  LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsembleClassifier
  TreeEnsembleRegressor ZipMap`;
const known: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set(plainOperators.split(/\s+/)),
  'ai.onnx.ml': new Set(tableOperators.split(/\s+/)),
};

/** Everything of a file but the form of its answers, which only shows when it is asked. */
export function readOnnxModel(
  dataSet: DataSet,
  bytes: Uint8Array,
): Omit<OnnxMember, 'output'> & {
  readonly output: Omit<OnnxAnswer, 'form'> & { readonly ofLabels: boolean };
} {
  if (bytes.length > mostOnnxBytes) {
    throw new UnfitModelError(
      `The file has ${bytes.length} bytes: no model here has more than ${mostOnnxBytes}.`,
    );
  }
  const file = read(bytes);
  const graph = withoutMaps(checkParts(file));
  const inputs = inputsOf(dataSet, graph.graph);
  const output = outputOf(dataSet, graph);
  return { graph: writeOnnx({ ...file, graph: graph.graph }), inputs, output };
}

function read(bytes: Uint8Array): OnnxFile {
  try {
    return readOnnx(bytes);
  } catch {
    throw new UnfitModelError('The file is no ONNX model: it cannot be read as its protocol buffers.');
  }
}

function checkParts(file: OnnxFile): OnnxGraph {
  const { graph } = file;
  if (!graph?.node?.length || !graph.output?.length) {
    throw new UnfitModelError('The file is no ONNX model: there is no graph in it.');
  }
  if (file.functions?.length || file.trainingInfo?.length || graph.sparseInitializer?.length) {
    throw new UnfitModelError(
      'The model has functions, training or sparse values in it, which are not taken.',
    );
  }
  if (graph.node.length > mostNodes) {
    throw new UnfitModelError(
      `The model has ${graph.node.length} nodes: more than ${mostNodes} are not taken.`,
    );
  }
  for (const node of graph.node) checkNode(node);
  for (const tensor of graph.initializer ?? []) checkTensor(tensor);
  return graph;
}

function checkNode(node: OnnxNode): void {
  const { opType, domain = '', attribute = [] } = node;
  const family = domain === 'ai.onnx' ? '' : domain;
  if (!known[family]?.has(opType)) {
    throw new UnfitModelError(
      `The operator ${domain ? `${domain}.` : ''}${opType} is not taken: models may use ${[...(known[''] ?? [])].slice(0, 3).join(', ')} and other plain arithmetic, and those of ai.onnx.ml.`,
    );
  }
  if (opType.startsWith('TreeEnsemble') && hasCycle(node)) {
    throw new UnfitModelError('A tree of the model leads back to itself.');
  }
  for (const one of attribute) {
    if (one.g !== undefined || one.graphs?.length || one.sparseTensor !== undefined) {
      throw new UnfitModelError(
        `The operator ${opType} has a graph of its own in "${one.name}", which is not taken.`,
      );
    }
    for (const tensor of [...(one.t ? [one.t] : []), ...(one.tensors ?? [])]) checkTensor(tensor);
  }
}

const bytesOf: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 11: 8, 13: 8 };

/** What a value claims to hold must be in the file. */
function checkTensor(tensor: OnnxTensor): void {
  const { name = '', dims = [], dataType = 0, rawData, dataLocation = 0 } = tensor;
  if (dataLocation !== 0 || tensor.externalData?.length) {
    throw new UnfitModelError(`The value ${name} lies in a file beside the model: save it as one file.`);
  }
  const elements = dims.reduce((product, size) => product * size, 1);
  const bytes = bytesOf[dataType];
  const held = rawData?.length
    ? rawData.length / (bytes ?? Number.NaN)
    : [
        tensor.floatData,
        tensor.int32Data,
        tensor.int64Data,
        tensor.uint64Data,
        tensor.doubleData,
        tensor.stringData,
      ]
        .map(list => list?.length ?? 0)
        .reduce((sum, length) => sum + length, 0);
  if (elements > mostElements || elements !== held) {
    throw new UnfitModelError(`The value ${name} says that it holds ${elements} numbers, and holds ${held}.`);
  }
}

interface Mapped {
  readonly graph: OnnxGraph;
  /** The labels in the order of the columns that a map was made of, by the name of the output. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** A list of maps from label to probability, as scikit-learn's exporter writes it, becomes the table that it is made of. */
function withoutMaps(graph: OnnxGraph): Mapped {
  const labels = new Map<string, readonly string[]>();
  const renamed = new Map<string, string>();
  for (const node of graph.node ?? []) {
    const [from, to] = [node.input?.[0], node.output?.[0]];
    if (node.opType === 'ZipMap' && from && to) {
      renamed.set(to, from);
      labels.set(from, labelsOf(node));
    } else if (node.opType.endsWith('Classifier')) {
      const scores = node.output?.[1];
      if (scores) labels.set(scores, labelsOf(node));
    }
  }
  const node = (graph.node ?? []).filter(({ opType }) => opType !== 'ZipMap');
  const output = (graph.output ?? []).map(value => {
    const from = renamed.get(value.name);
    return from === undefined ? value : { name: from, type: { tensorType: { elemType: 1 } } };
  });
  return { graph: { ...graph, node, output }, labels: throughCopies(node, labels) };
}

/** What is only handed on keeps its labels. */
function throughCopies(nodes: readonly OnnxNode[], labels: ReadonlyMap<string, readonly string[]>) {
  const all = new Map(labels);
  for (const { opType, input, output } of nodes) {
    const known = all.get(input?.[0] ?? '');
    if (known && output?.[0] && /^(Identity|Cast|Normalizer|Softmax)$/.test(opType))
      all.set(output[0], known);
  }
  return all;
}

function labelsOf({ attribute = [] }: OnnxNode): readonly string[] {
  const find = (pattern: RegExp): OnnxAttribute | undefined =>
    attribute.find(({ name }) => pattern.test(name));
  const texts = find(/^class(labels|es)_strings$/)?.strings;
  if (texts?.length) return texts.map(text => Buffer.from(text).toString('utf8'));
  return (find(/^class(labels|es)_(ints|int64s)$/)?.ints ?? []).map(String);
}

function inputsOf(dataSet: DataSet, { input = [], initializer = [] }: OnnxGraph): readonly OnnxInputOf[] {
  const given = new Set(initializer.map(({ name }) => name));
  const asked = input.filter(({ name }) => !given.has(name));
  const { features } = dataSet;
  const [only] = asked;
  const all = features.map((_, column) => column);
  if (only && asked.length === 1) {
    return [inputOf(dataSet, only, all)];
  }
  const taken = asked.map(value => {
    const column = features.findIndex(feature => matches(feature, value.name));
    if (column < 0) {
      const names = features.map(feature => feature.column).join(', ');
      throw new UnfitModelError(`The input ${value.name} is none of the features: they are ${names}.`);
    }
    return inputOf(dataSet, value, [column]);
  });
  const missing = all.filter(column => !taken.some(({ columns }) => columns.includes(column)));
  if (missing.length > 0) {
    const names = missing.map(column => features[column]?.column).join(', ');
    throw new UnfitModelError(`The model has no input for ${names}.`);
  }
  return taken;
}

function matches(feature: Feature | undefined, name: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return (
    feature !== undefined &&
    [feature.column, feature.name, feature.csv].some(one => plain(one) === plain(name))
  );
}

function inputOf({ features }: DataSet, value: OnnxValue, columns: readonly number[]): OnnxInputOf {
  const { elemType = 0, shape } = value.type?.tensorType ?? {};
  const type = typeOf(elemType);
  if (!type) throw new UnfitModelError(`The input ${value.name} is of a type that no feature has.`);
  const width = shape?.dim?.at(-1)?.dimValue;
  if (shape?.dim && shape.dim.length !== 2) {
    throw new UnfitModelError(`The input ${value.name} must have two dimensions: rows, and values of a row.`);
  }
  if (width && width !== columns.length) {
    throw new UnfitModelError(
      `The input ${value.name} takes ${width} values of a row, and there are ${columns.length}.`,
    );
  }
  const own = columns.flatMap(column => features.slice(column, column + 1));
  const texts = own.map(feature => textsOf(feature));
  const category = own.find(({ kind }) => kind === 'category');
  if (category && type !== 'string') {
    throw new UnfitModelError(
      `The input ${value.name} takes numbers, and ${category.column} is a text: let it take texts.`,
    );
  }
  const missing = own.find(feature => feature.missing);
  if (missing && /^(int|bool)/.test(type)) {
    throw new UnfitModelError(
      `The input ${value.name} takes whole numbers, and ${missing.column} may be missing: let it take floats.`,
    );
  }
  return { name: value.name, type, columns, texts: type === 'string' ? texts : own.map(() => []) };
}

function textsOf(feature: Feature): readonly string[] {
  if (feature.kind === 'category') return feature.categories;
  return feature.kind === 'yes-no' ? ['false', 'true'] : [];
}

function typeOf(elemType: number): OnnxInput['type'] | undefined {
  return Object.entries(elementTypes).find(([number]) => Number(number) === elemType)?.[1];
}

/** Probabilities if it answers any, else labels. */
function outputOf(dataSet: DataSet, { graph, labels }: Mapped) {
  const outputs = (graph.output ?? []).map(value => ({
    name: value.name,
    type: typeOf(value.type?.tensorType?.elemType ?? 0),
  }));
  const numbers = outputs.filter(({ type }) => type === 'float32' || type === 'float64');
  const chosen = numbers.find(({ name }) => /prob/i.test(name)) ?? numbers[0] ?? outputs[0];
  if (!chosen?.type) throw new UnfitModelError('The model answers neither numbers nor labels.');
  const ofLabels = !numbers.includes(chosen);
  if (ofLabels) return { name: chosen.name, labels: labelOfClass(dataSet, labels), ofLabels };
  const order = (labels.get(chosen.name) ?? []).map(label => classOf(dataSet, label));
  const plain = dataSet.label.classes.map((_, number) => number);
  return { name: chosen.name, labels: (order.length > 0 ? order : plain).map(String), ofLabels };
}

/** What the model calls each class. */
function labelOfClass({ label }: DataSet, labels: Mapped['labels']): readonly string[] {
  const said = [...labels.values()].flat();
  return label.classes.map(
    ({ name, csv }, number) => [name, csv, String(number)].find(text => said.includes(text)) ?? csv,
  );
}

function classOf({ name, label }: DataSet, text: string): number {
  const found = label.classes.findIndex(one => one.name === text || one.csv === text);
  const number = found < 0 && /^\d+$/.test(text) ? Number(text) : found;
  if (number >= 0 && number < label.classes.length) return number;
  const names = label.classes.map(one => one.name).join(', ');
  throw new UnfitModelError(`The model knows a class ${text}; those of ${name} are ${names}.`);
}
