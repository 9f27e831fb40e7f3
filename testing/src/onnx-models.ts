import type { DataSet } from '@banknote-loop/shared';
import { type OnnxFile, type OnnxNode, type OnnxTensor, writeOnnx } from '@banknote-loop/shared/learning';

// Models as other programs export them, made of ONNX's protocol buffers: of each kind the smallest that says something.

type Attributes = Readonly<Record<string, number | readonly number[] | readonly string[] | string>>;

const types = { float: 1, integers: 7, text: 8 } as const;
type Type = keyof typeof types;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes = {},
  domain = '',
): OnnxNode {
  return { opType, input, output, domain, attribute: Object.entries(attributes).map(attributeOf) };
}

function attributeOf([name, value]: [string, Attributes[string]]) {
  if (typeof value === 'string') return { name, s: bytes(value), type: 3 };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { name, i: value, type: 2 } : { name, f: value, type: 1 };
  const [first] = value;
  if (typeof first === 'string') return { name, strings: value.map(text => bytes(String(text))), type: 8 };
  const isOfIntegers = /_(ints|int64s|ids|treeids|nodeids|featureids|truenodeids|falsenodeids)$|^axes$/.test(
    name,
  );
  return isOfIntegers
    ? { name, ints: value.map(Number), type: 7 }
    : { name, floats: value.map(Number), type: 6 };
}

const ml = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes,
): OnnxNode => node(opType, input, output, attributes, 'ai.onnx.ml');

export function value(name: string, type: Type, ...dims: readonly (number | string)[]) {
  const dim = dims.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: types[type], shape: { dim } } } };
}

const tensor = (name: string, dims: readonly number[], floatData: readonly number[]): OnnxTensor => ({
  name,
  dims,
  dataType: 1,
  floatData,
});

type Parts = Pick<NonNullable<OnnxFile['graph']>, 'node' | 'initializer' | 'input' | 'output'>;

export function onnxFile(graph: Parts): Uint8Array {
  const opsetImport = [
    { domain: '', version: 15 },
    { domain: 'ai.onnx.ml', version: 3 },
  ];
  return writeOnnx({ irVersion: 8, producerName: 'test', opsetImport, graph: { name: 'model', ...graph } });
}

const mirrored = (weights: readonly number[]): readonly number[] => [...weights.map(one => -one), ...weights];
const rowsOf = (width: number) => value('x', 'float', 'rows', width);

/** As scikit-learn's logistic regression is exported: labels, and a list of maps from label to probability. */
export function linearModel(weights: readonly number[], bias: number): Uint8Array {
  return onnxFile({
    node: [
      ml('LinearClassifier', ['x'], ['label', 'scores'], {
        coefficients: mirrored(weights),
        intercepts: [-bias / 2, bias / 2].map(half => half + 1e-9),
        classlabels_ints: [0, 1],
        multi_class: 0,
        post_transform: 'NONE',
      }),
      node('Softmax', ['scores'], ['shares'], { axis: 1 }),
      ml('ZipMap', ['shares'], ['output_probability'], { classlabels_int64s: [0, 1] }),
    ],
    input: [rowsOf(weights.length)],
    output: [value('label', 'integers', 'rows'), { name: 'output_probability' }],
  });
}

/** A tree of one question: the second class above the threshold, the first below. */
export function treeModel(width: number, column: number, threshold: number): Uint8Array {
  return onnxFile({
    node: [
      ml('TreeEnsembleClassifier', ['x'], ['label', 'probabilities'], {
        class_ids: [0, 1, 0, 1],
        class_nodeids: [1, 1, 2, 2],
        class_treeids: [0, 0, 0, 0],
        class_weights: [0.9 + 1e-9, 0.1, 0.1, 0.9 + 1e-9],
        classlabels_int64s: [0, 1],
        nodes_falsenodeids: [2, 0, 0],
        nodes_featureids: [column, 0, 0],
        nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
        nodes_nodeids: [0, 1, 2],
        nodes_treeids: [0, 0, 0],
        nodes_truenodeids: [1, 0, 0],
        nodes_values: [threshold, 0.5, 0.5],
        post_transform: 'NONE',
      }),
    ],
    input: [rowsOf(width)],
    output: [value('label', 'integers', 'rows'), value('probabilities', 'float', 'rows', 2)],
  });
}

/** As PyTorch exports a network of two layers: raw scores, or the number of the class alone. */
export function networkModel(
  weights: readonly number[],
  bias: number,
  answers: 'scores' | 'labels' = 'scores',
): Uint8Array {
  const width = weights.length;
  return onnxFile({
    node: [
      node('Gemm', ['x', 'w1', 'b1'], ['hidden'], { transB: 1 }),
      node('Relu', ['hidden'], ['active']),
      node('Gemm', ['active', 'w2', 'b2'], ['logits'], { transB: 1 }),
      ...(answers === 'labels' ? [node('ArgMax', ['logits'], ['label'], { axis: 1, keepdims: 0 })] : []),
    ],
    initializer: [
      tensor('w1', [2, width], mirrored(weights)),
      tensor('b1', [2], [-bias, bias]),
      tensor('w2', [2, 2], [1, 0, 0, 1]),
      tensor('b2', [2], [0, 0]),
    ],
    input: [rowsOf(width)],
    output: [answers === 'labels' ? value('label', 'integers', 'rows') : value('logits', 'float', 'rows', 2)],
  });
}

/** A pipeline with an input for each feature: texts become places, and all that is known of an item is added up. */
export function pipelineModel(
  { features, label }: DataSet,
  weightOf: (name: string, text?: string) => number,
): Uint8Array {
  const nodes: OnnxNode[] = [];
  const weights: number[] = [];
  for (const feature of features) {
    if (feature.kind === 'category') {
      nodes.push(
        ml('OneHotEncoder', [feature.column], [`${feature.column} places`], {
          cats_strings: feature.categories,
          zeros: 1,
        }),
        node('Flatten', [`${feature.column} places`], [`${feature.column} flat`], { axis: 1 }),
      );
      weights.push(...feature.categories.map(category => weightOf(feature.column, category)));
    } else {
      nodes.push(
        ml('Imputer', [feature.column], [`${feature.column} flat`], {
          imputed_value_floats: [Number(feature.example) + 1e-6],
          replaced_value_float: Number.NaN,
        }),
      );
      weights.push(weightOf(feature.column));
    }
  }
  const classes = label.classes.map(({ name }) => name);
  const parts = features.map(({ column }) => `${column} flat`);
  return onnxFile({
    node: [
      ...nodes,
      node('Concat', parts, ['all'], { axis: 1 }),
      ml('LinearClassifier', ['all'], ['label', 'scores'], {
        coefficients: classes.flatMap((_, place) => weights.map(weight => weight * (place + 0.001))),
        intercepts: classes.map((_, place) => place + 0.001),
        classlabels_strings: classes,
        multi_class: 1,
        post_transform: 'SOFTMAX',
      }),
    ],
    input: features.map(({ column, kind }) =>
      value(column, kind === 'category' ? 'text' : 'float', 'rows', 1),
    ),
    output: [value('label', 'text', 'rows'), value('scores', 'float', 'rows', classes.length)],
  });
}
