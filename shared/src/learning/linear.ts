import { type Fitted, meanLoss, type Task } from './candidate.ts';
import { noFold, rowsInside, rowsOutside } from './folds.ts';
import { foldInputs, type Inputs, measureInputs, type Scale } from './inputs.ts';
import { minimize, type Objective } from './lbfgs.ts';
import { addScores, type Layer, type Networks } from './network.ts';
import { seededRandom } from './random.ts';
import { logSoftmaxRows, softmaxRow } from './softmax.ts';
import { weightOf } from './table.ts';

export interface LinearSettings {
  readonly scale: Scale;
  /** Strengths of the L2 penalty, strongest first: the best one is taken, and none after one that does not gain. */
  readonly penalties: readonly number[];
}

interface Best {
  readonly loss: number;
  readonly penalty: number;
  readonly logScores: Float64Array;
}

/** Encoded rows to learn from. */
interface Rows {
  readonly inputs: Float64Array;
  readonly width: number;
  readonly classes: Uint8Array;
  readonly weights: Float64Array;
  readonly outputs: number;
}

/** Regularised logistic regression, softmax above two classes. */
export function fitLinear(task: Task, { scale, penalties }: LinearSettings): Fitted<Networks> {
  const { table, folds } = task;
  const inputs = measureInputs(table, scale, task.seed);
  const outputs = table.classCount === 2 ? 1 : table.classCount;
  const parts = Array.from({ length: folds.count }, (_, fold) => ({
    seen: encodeRows(
      task,
      inputs,
      fold,
      rowsOutside(table, folds, fold, task.mostRows, seededRandom(task.seed + fold)),
    ),
    point: new Float64Array((inputs.width + 1) * outputs),
  }));
  let best: Best = { loss: Infinity, penalty: 1, logScores: new Float64Array(0) };
  for (const penalty of penalties) {
    // Each fit begins where the one with the stronger penalty has ended.
    for (const { seen, point } of parts) solve(seen, point, penalty);
    const logScores = outOfFold(
      task,
      inputs,
      parts.map(({ point }) => point),
    );
    const loss = meanLoss(table, logScores);
    if (loss > best.loss - 1e-5) break;
    best = { loss, penalty, logScores };
  }
  const all = encodeRows(
    task,
    inputs,
    -1,
    rowsOutside(table, folds, noFold, task.mostRows, seededRandom(task.seed)),
  );
  const point = new Float64Array((inputs.width + 1) * outputs);
  solve(all, point, best.penalty);
  return { logScores: best.logScores, model: { inputs, members: [[layerOf(point, inputs.width, outputs)]] } };
}

function encodeRows({ table, folds }: Task, inputs: Inputs, leftOut: number, rows: Uint32Array): Rows {
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

function solve(rows: Rows, point: Float64Array, penalty: number): void {
  const count = rows.classes.length;
  minimize(
    rows.outputs === 1 ? logistic(rows, penalty) : softmax(rows, penalty),
    point,
    60,
    1e-4 * Math.sqrt(count),
  );
}

/** Weights unit after unit, then biases, which no penalty draws towards zero. */
function logistic({ inputs, width, classes, weights }: Rows, penalty: number): Objective {
  return (point, gradient) => {
    let loss = penalize(point, gradient, width, penalty);
    for (let row = 0; row < classes.length; row += 1) {
      const start = row * width;
      let score = point[width] ?? 0;
      for (let i = 0; i < width; i += 1) score += (inputs[start + i] ?? 0) * (point[i] ?? 0);
      const isSecond = classes[row] === 1;
      const weight = weights[row] ?? 1;
      // ln(1 + exp(-s)) for the margin s, without overflow.
      const margin = isSecond ? score : -score;
      loss += weight * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
      const error = weight * (1 / (1 + Math.exp(-score)) - (isSecond ? 1 : 0));
      for (let i = 0; i < width; i += 1) gradient[i] = (gradient[i] ?? 0) + error * (inputs[start + i] ?? 0);
      gradient[width] = (gradient[width] ?? 0) + error;
    }
    return loss;
  };
}

function softmax({ inputs, width, classes, weights, outputs }: Rows, penalty: number): Objective {
  const scores = new Float64Array(outputs);
  const biases = width * outputs;
  return (point, gradient) => {
    let loss = penalize(point, gradient, biases, penalty);
    for (let row = 0; row < classes.length; row += 1) {
      const start = row * width;
      let place = 0;
      for (let output = 0; output < outputs; output += 1) {
        let score = point[biases + output] ?? 0;
        for (let i = 0; i < width; i += 1) score += (inputs[start + i] ?? 0) * (point[place++] ?? 0);
        scores[output] = score;
      }
      softmaxRow(scores, 0, outputs);
      const label = classes[row] ?? 0;
      const weight = weights[row] ?? 1;
      loss -= weight * Math.log(Math.max(scores[label] ?? 0, 1e-300));
      place = 0;
      for (let output = 0; output < outputs; output += 1) {
        const error = weight * ((scores[output] ?? 0) - (output === label ? 1 : 0));
        for (let i = 0; i < width; i += 1) {
          gradient[place] = (gradient[place] ?? 0) + error * (inputs[start + i] ?? 0);
          place += 1;
        }
        gradient[biases + output] = (gradient[biases + output] ?? 0) + error;
      }
    }
    return loss;
  };
}

function penalize(point: Float64Array, gradient: Float64Array, weights: number, penalty: number): number {
  let squares = 0;
  for (let i = 0; i < weights; i += 1) {
    squares += (point[i] ?? 0) ** 2;
    gradient[i] = penalty * (point[i] ?? 0);
  }
  gradient.fill(0, weights);
  return (penalty / 2) * squares;
}

function outOfFold({ table, folds }: Task, inputs: Inputs, points: readonly Float64Array[]): Float64Array {
  const { classCount } = table;
  const outputs = classCount === 2 ? 1 : classCount;
  const scores = new Float64Array(table.count * classCount);
  const encoded = new Float64Array(inputs.width);
  const raw = new Float64Array(outputs);
  points.forEach((point, fold) => {
    const { encode } = foldInputs(inputs, table, folds, fold);
    for (const row of rowsInside(folds, fold)) {
      encode(row, encoded, 0);
      for (let output = 0; output < outputs; output += 1) {
        let score = point[inputs.width * outputs + output] ?? 0;
        for (let i = 0; i < encoded.length; i += 1)
          score += (encoded[i] ?? 0) * (point[output * encoded.length + i] ?? 0);
        raw[output] = score;
      }
      addScores(raw, scores, row * classCount, classCount, 1);
    }
  });
  return logSoftmaxRows(scores, classCount);
}

function layerOf(point: Float64Array, width: number, outputs: number): Layer {
  return {
    units: outputs,
    weights: Float32Array.from(point.subarray(0, width * outputs)),
    biases: Float32Array.from(point.subarray(width * outputs)),
  };
}
