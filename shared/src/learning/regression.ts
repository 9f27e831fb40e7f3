import type { TensorFlow } from './backend.ts';
import { minimize, type Objective } from './lbfgs.ts';
import { type Matrix, openMatrix } from './matrix.ts';
import { softmaxRow } from './softmax.ts';

/** Rows as numbers, and their classes: what a regression learns from, or is judged by. */
export interface Rows {
  readonly inputs: Float64Array;
  readonly width: number;
  readonly classes: Uint8Array;
  readonly weights: Float64Array;
  /** 1 for two classes: the second against the first. */
  readonly outputs: number;
}

/** What is learned from without a fold, and rows of that fold. */
export interface FoldSplit {
  readonly seen: Rows;
  readonly asked: Rows;
}

export interface Walked {
  readonly penalty: number;
  /** Mean loss of the rows that were asked. */
  readonly loss: number;
  /** What each split has learned: weights unit after unit, then biases. */
  readonly points: readonly Float64Array[];
}

/**
 * Fits every split under one penalty after another, the strongest first, and ends where rows that were not learned from lose
 * more. Each fit begins where the one with the stronger penalty has ended.
 */
export function walkPenalties(
  tf: TensorFlow,
  splits: readonly FoldSplit[],
  penalties: readonly number[],
): Walked {
  const pupils = splits.map(({ seen, asked }) => ({
    seen,
    asked,
    matrix: matrixOf(tf, seen),
    judged: matrixOf(tf, asked),
    point: new Float64Array((seen.width + 1) * seen.outputs),
  }));
  const weight = splits.reduce((sum, { asked }) => sum + asked.weights.reduce((all, one) => all + one, 0), 0);
  let best: Walked = { penalty: 1, loss: Infinity, points: [] };
  for (const penalty of penalties) {
    let loss = 0;
    for (const { seen, matrix, asked, judged, point } of pupils) {
      descend(seen, matrix, point, penalty);
      loss += lossOf(asked, judged, 0)(point, new Float64Array(point.length)) / weight;
    }
    if (loss > best.loss - 1e-5) break;
    best = { penalty, loss, points: pupils.map(({ point }) => point.slice()) };
  }
  for (const { matrix, judged } of pupils) {
    matrix.release();
    judged.release();
  }
  return best;
}

/** Logistic regression with an L2 penalty, softmax above two classes: weights unit after unit, then biases. */
export function regress(tf: TensorFlow, rows: Rows, penalty: number): Float64Array {
  const point = new Float64Array((rows.width + 1) * rows.outputs);
  const matrix = matrixOf(tf, rows);
  descend(rows, matrix, point, penalty);
  matrix.release();
  return point;
}

function matrixOf(tf: TensorFlow, { inputs, width, outputs }: Rows): Matrix {
  return openMatrix(tf, inputs, width, outputs);
}

function descend(rows: Rows, matrix: Matrix, point: Float64Array, penalty: number): void {
  minimize(lossOf(rows, matrix, penalty), point, 60, 1e-4 * Math.sqrt(rows.classes.length));
}

/** No penalty draws biases towards zero. */
function lossOf(rows: Rows, matrix: Matrix, penalty: number): Objective {
  const { classes, weights, outputs, width } = rows;
  const biases = width * outputs;
  const errors = new Float64Array(classes.length * outputs);
  return (point, gradient) => {
    const scores = matrix.multiply(point.subarray(0, biases), outputs);
    for (let i = 0; i < errors.length; i += 1) {
      errors[i] = (scores[i] ?? 0) + (point[biases + (i % outputs)] ?? 0);
    }
    let loss = outputs === 1 ? missByTwo(errors, classes, weights) : miss(errors, classes, weights, outputs);
    const sums = matrix.gather(errors, outputs);
    for (let i = 0; i < biases; i += 1) {
      loss += (penalty / 2) * (point[i] ?? 0) ** 2;
      gradient[i] = (sums[i] ?? 0) + penalty * (point[i] ?? 0);
    }
    gradient.fill(0, biases);
    errors.forEach((error, i) => {
      gradient[biases + (i % outputs)] = (gradient[biases + (i % outputs)] ?? 0) + error;
    });
    return loss;
  };
}

/** Turns raw scores of the second of two classes into errors, in place, and answers the loss. */
function missByTwo(scores: Float64Array, classes: Uint8Array, weights: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < classes.length; row += 1) {
    const score = scores[row] ?? 0;
    const weight = weights[row] ?? 1;
    const isSecond = classes[row] === 1;
    // ln(1 + exp(-s)) for the margin s, without overflow.
    const margin = isSecond ? score : -score;
    loss += weight * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
    scores[row] = weight * (1 / (1 + Math.exp(-score)) - (isSecond ? 1 : 0));
  }
  return loss;
}

/** The same for more classes, with a score for each. */
function miss(scores: Float64Array, classes: Uint8Array, weights: Float64Array, outputs: number): number {
  let loss = 0;
  for (let row = 0; row < classes.length; row += 1) {
    const start = row * outputs;
    softmaxRow(scores, start, outputs);
    const label = start + (classes[row] ?? 0);
    const weight = weights[row] ?? 1;
    loss -= weight * Math.log(Math.max(scores[label] ?? 0, 1e-300));
    scores[label] = (scores[label] ?? 0) - 1;
    for (let i = start; i < start + outputs; i += 1) scores[i] = (scores[i] ?? 0) * weight;
  }
  return loss;
}
