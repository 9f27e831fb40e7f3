import type { DataSet } from '@banknote-loop/shared';
import {
  tableNode as ml,
  node,
  type OnnxNode,
  onnxFile as onnxFileBy,
  tensor,
  value,
} from '@banknote-loop/shared/learning';

// Models as other programs export them, made of ONNX's protocol buffers: of each kind the smallest that says something.

export { node, value };

export function testOnnxFile(graph: Parameters<typeof onnxFileBy>[0]): Uint8Array {
  return onnxFileBy(graph, 'test');
}

const mirrored = (weights: readonly number[]): readonly number[] => [...weights.map(one => -one), ...weights];
const rowsOf = (width: number) => value('x', 'float', 'rows', width);

/** As scikit-learn's logistic regression is exported: labels, and a list of maps from label to probability. */
export function linearModel(weights: readonly number[], bias: number): Uint8Array {
  return testOnnxFile({
    node: [
      ml('LinearClassifier', ['x'], ['label', 'scores'], {
        coefficients: Float32Array.from(mirrored(weights)),
        intercepts: Float32Array.of(-bias / 2, bias / 2),
        classlabels_ints: Int32Array.of(0, 1),
        multi_class: 0,
        post_transform: 'NONE',
      }),
      node('Softmax', ['scores'], ['shares'], { axis: 1 }),
      ml('ZipMap', ['shares'], ['output_probability'], { classlabels_int64s: Int32Array.of(0, 1) }),
    ],
    input: [rowsOf(weights.length)],
    output: [value('label', 'integers', 'rows'), { name: 'output_probability' }],
  });
}

/** A tree of one question: the second class above the threshold, the first below. */
export function treeModel(width: number, column: number, threshold: number): Uint8Array {
  return testOnnxFile({
    node: [
      ml('TreeEnsembleClassifier', ['x'], ['label', 'probabilities'], {
        class_ids: Int32Array.of(0, 1, 0, 1),
        class_nodeids: Int32Array.of(1, 1, 2, 2),
        class_treeids: Int32Array.of(0, 0, 0, 0),
        class_weights: Float32Array.of(0.9, 0.1, 0.1, 0.9),
        classlabels_int64s: Int32Array.of(0, 1),
        nodes_falsenodeids: Int32Array.of(2, 0, 0),
        nodes_featureids: Int32Array.of(column, 0, 0),
        nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
        nodes_nodeids: Int32Array.of(0, 1, 2),
        nodes_treeids: Int32Array.of(0, 0, 0),
        nodes_truenodeids: Int32Array.of(1, 0, 0),
        nodes_values: Float32Array.of(threshold, 0.5, 0.5),
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
  return testOnnxFile({
    node: [
      node('Gemm', ['x', 'w1', 'b1'], ['hidden'], { transB: 1 }),
      node('Relu', ['hidden'], ['active']),
      node('Gemm', ['active', 'w2', 'b2'], ['logits'], { transB: 1 }),
      ...(answers === 'labels' ? [node('ArgMax', ['logits'], ['label'], { axis: 1, keepdims: 0 })] : []),
    ],
    initializer: [
      tensor([2, width], Float32Array.from(mirrored(weights)), 'w1'),
      tensor([2], Float32Array.of(-bias, bias), 'b1'),
      tensor([2, 2], Float32Array.of(1, 0, 0, 1), 'w2'),
      tensor([2], Float32Array.of(0, 0), 'b2'),
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
          imputed_value_floats: Float32Array.of(Number(feature.example)),
          replaced_value_float: Number.NaN,
        }),
      );
      weights.push(weightOf(feature.column));
    }
  }
  const classes = label.classes.map(({ name }) => name);
  const parts = features.map(({ column }) => `${column} flat`);
  return testOnnxFile({
    node: [
      ...nodes,
      node('Concat', parts, ['all'], { axis: 1 }),
      ml('LinearClassifier', ['all'], ['label', 'scores'], {
        coefficients: Float32Array.from(classes.flatMap((_, place) => weights.map(weight => weight * place))),
        intercepts: Float32Array.from(classes.keys()),
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
