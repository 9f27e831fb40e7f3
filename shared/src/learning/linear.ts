import type { TensorFlow } from './backend.ts';
import { type Fitted, outOfFold, type Task } from './candidate.ts';
import { noFold, rowsInside, rowsOutside } from './folds.ts';
import { foldInputs, type Inputs, inputsWithout, measureInputs, type Scale } from './inputs.ts';
import { compileNetworks, type Layer, type Networks } from './network.ts';
import { seededRandom, shuffle } from './random.ts';
import { type FoldSplit, type Rows, regress, walkPenalties } from './regression.ts';
import { weightOf } from './table.ts';

export interface LinearSettings {
  readonly scale: Scale;
  /** Categories of up to so many kinds have an input for each. */
  readonly mostKinds?: number;
  /** Strengths of the L2 penalty, strongest first: the best one is taken, and none after one that does not gain. */
  readonly penalties: readonly number[];
}

/** Regularised logistic regression, softmax above two classes. */
export function fitLinear(
  tf: TensorFlow,
  task: Task,
  { scale, mostKinds, penalties }: LinearSettings,
): Fitted<Networks> {
  const { table, folds } = task;
  const inputs = measureInputs(table, scale, task.seed, mostKinds);
  const splits = Array.from({ length: folds.count }, (_, fold) => splitOf(task, inputs, fold));
  const { penalty, points } = walkPenalties(tf, splits, penalties);
  const all = encodeFold(task, inputs, noFold, rowsToSee(task, noFold));
  const point = regress(tf, all, penalty);
  const logScores = outOfFold(task, fold =>
    compileNetworks({
      inputs: inputsWithout(inputs, table, folds, fold),
      members: [[layerOf(points[fold] ?? point, all)]],
    }),
  );
  return { logScores, model: { inputs, members: [[layerOf(point, all)]] } };
}

/** So many rows of each fold say which penalty is best. */
const mostAsked = 5_000;

function splitOf(task: Task, inputs: Inputs, fold: number): FoldSplit {
  const inside = rowsInside(task.folds, fold);
  const most = Math.min(mostAsked, inside.length);
  const asked = shuffle(inside, seededRandom(task.seed + fold), most).subarray(0, most);
  return {
    seen: encodeFold(task, inputs, fold, rowsToSee(task, fold)),
    asked: encodeFold(task, inputs, fold, asked),
  };
}

function rowsToSee({ table, folds, mostRows, seed }: Task, leftOut: number): Uint32Array {
  return rowsOutside(table, folds, leftOut, mostRows, seededRandom(seed + Math.max(leftOut, 0)));
}

export function encodeFold({ table, folds }: Task, inputs: Inputs, leftOut: number, rows: Uint32Array): Rows {
  const { width, encode } = foldInputs(inputs, table, folds, leftOut);
  const encoded = new Float64Array(rows.length * width);
  rows.forEach((row, place) => {
    encode(row, encoded, place * width);
  });
  return {
    inputs: encoded,
    width,
    classes: Uint8Array.from(rows, row => table.classes[row] ?? 0),
    weights: Float64Array.from(rows, row => weightOf(table, row)),
    outputs: table.classCount === 2 ? 1 : table.classCount,
  };
}

export function layerOf(point: Float64Array, { width, outputs }: Pick<Rows, 'width' | 'outputs'>): Layer {
  return {
    units: outputs,
    weights: Float32Array.from(point.subarray(0, width * outputs)),
    biases: Float32Array.from(point.subarray(width * outputs)),
  };
}
