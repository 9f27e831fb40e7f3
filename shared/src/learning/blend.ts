import { meanLoss } from './candidate.ts';
import { type Folds, noFold, rowsInside, rowsOutside } from './folds.ts';
import { minimize } from './lbfgs.ts';
import { seededRandom } from './random.ts';
import { softmaxRow, softmaxRows } from './softmax.ts';
import { type LabelledTable, weightOf } from './table.ts';

/**
 * How the answers of one or several models become probabilities that mean what they say: a weight for each model (the
 * inverse of a temperature), a shift for each class, which also puts right what weights of classes have moved, and the
 * share of rows of which nothing can be said, because labels are wrong at times however clear a case is.
 */
export interface Blend {
  readonly weights: readonly number[];
  readonly shifts: readonly number[];
  readonly doubt: number;
}

/** How strongly weights that add up to other than one, and shifts other than none, are doubted: as so many rows. */
const reserve = 8;
/** How strongly weights that are not all the same are doubted: with few rows the plain mean is hard to beat. */
const equality = 3;
/** What is thought of the doubt before any row is seen: its logarithm, and the deviation of that. */
const usualDoubt = { mean: Math.log(1e-3), deviation: 2 };
/** So few parameters need no more rows; with many classes each row says more, and takes longer. */
const mostRowsOf = (classCount: number): number => Math.max(1_000, Math.min(10_000, 40_000 / classCount));

/** Logarithms of probabilities, from those of each part. */
function applyBlend(blend: Blend, parts: readonly Float64Array[]): Float64Array {
  return blendProbabilities(blend, parts).map(Math.log);
}

/** Probabilities, from logarithms of those of each part. */
export function blendProbabilities(
  { weights, shifts, doubt }: Blend,
  parts: readonly Float64Array[],
): Float64Array {
  const scores = new Float64Array(parts[0]?.length ?? 0);
  const width = shifts.length;
  for (let i = 0; i < scores.length; i += 1) scores[i] = shifts[i % width] ?? 0;
  parts.forEach((part, index) => {
    const weight = weights[index] ?? 0;
    for (let i = 0; i < scores.length; i += 1) scores[i] = (scores[i] ?? 0) + weight * (part[i] ?? 0);
  });
  softmaxRows(scores, width);
  for (let i = 0; i < scores.length; i += 1) scores[i] = (1 - doubt) * (scores[i] ?? 0) + doubt / width;
  return scores;
}

/** Finds the blend with the lowest log loss on the given rows. What must be positive is so by being an exponential. */
function fitBlend(table: LabelledTable, parts: readonly Float64Array[], rows: Uint32Array): Blend {
  const width = table.classCount;
  const count = parts.length;
  const read = (at: Float64Array): Blend => ({
    weights: [...at.subarray(0, count).map(Math.exp)],
    shifts: [...at.subarray(count, count + width)],
    doubt: Math.min(0.5, Math.exp(at[count + width] ?? 0)),
  });
  // The loss has a valley where nothing is doubted and may have another where much is: both are gone down into.
  const found = [1e-3, 0.1].map(doubt => {
    const point = new Float64Array(count + width + 1).fill(-Math.log(count), 0, count);
    point[count + width] = Math.log(doubt);
    const loss = minimize(
      (at, gradient) => lossOf(table, parts, rows, read(at), at, gradient),
      point,
      60,
      1e-4 * Math.sqrt(rows.length),
    );
    return { loss, blend: read(point) };
  });
  return found.reduce((best, one) => (one.loss < best.loss ? one : best)).blend;
}

/** The loss at a point (logarithms of weights, shifts, logarithm of the doubt); its gradient goes to `gradient`. */
function lossOf(
  table: LabelledTable,
  parts: readonly Float64Array[],
  rows: Uint32Array,
  { weights, doubt }: Blend,
  at: Float64Array,
  gradient: Float64Array,
): number {
  const width = table.classCount;
  const count = parts.length;
  const scores = new Float64Array(width);
  let loss = resist(weights, at, gradient);
  for (const row of rows) {
    const start = row * width;
    for (let i = 0; i < width; i += 1) {
      let score = at[count + i] ?? 0;
      for (let k = 0; k < count; k += 1) score += (weights[k] ?? 0) * (parts[k]?.[start + i] ?? 0);
      scores[i] = score;
    }
    softmaxRow(scores, 0, width);
    const label = table.classes[row] ?? 0;
    const weight = weightOf(table, row);
    const known = (1 - doubt) * (scores[label] ?? 0);
    const probability = Math.max(known + doubt / width, 1e-300);
    loss -= weight * Math.log(probability);
    const toDoubt = (doubt * (1 / width - (scores[label] ?? 0))) / probability;
    gradient[count + width] = (gradient[count + width] ?? 0) - weight * toDoubt;
    for (let i = 0; i < width; i += 1) {
      const error = ((weight * known) / probability) * ((scores[i] ?? 0) - (i === label ? 1 : 0));
      gradient[count + i] = (gradient[count + i] ?? 0) + error;
      for (let k = 0; k < count; k += 1) {
        gradient[k] = (gradient[k] ?? 0) + error * (weights[k] ?? 0) * (parts[k]?.[start + i] ?? 0);
      }
    }
  }
  return loss;
}

/** What speaks against a point before any row is seen; begins the gradient. */
function resist(weights: readonly number[], at: Float64Array, gradient: Float64Array): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const last = at.length - 1;
  let loss = (reserve / 2) * Math.log(sum) ** 2;
  weights.forEach((weight, k) => {
    const unequal = Math.log(weight * weights.length);
    loss += (equality / 2) * unequal ** 2;
    gradient[k] = (reserve * Math.log(sum) * weight) / sum + equality * unequal;
  });
  for (let i = weights.length; i < last; i += 1) {
    loss += (reserve / 2) * (at[i] ?? 0) ** 2;
    gradient[i] = reserve * (at[i] ?? 0);
  }
  const unusual = ((at[last] ?? 0) - usualDoubt.mean) / usualDoubt.deviation;
  gradient[last] = unusual / usualDoubt.deviation;
  return loss + unusual ** 2 / 2;
}

export interface Blended {
  /** For every row, by a blend that has not seen the rows of its fold. */
  readonly logScores: Float64Array;
  readonly loss: number;
}

/** What a blend is worth: each fold is answered by one that was fitted to the others. */
export function tryBlend(
  table: LabelledTable,
  folds: Folds,
  parts: readonly Float64Array[],
  seed: number,
): Blended {
  const width = table.classCount;
  const logScores = new Float64Array(table.count * width);
  for (let fold = 0; fold < folds.count; fold += 1) {
    const blend = fitBlend(
      table,
      parts,
      rowsOutside(table, folds, fold, mostRowsOf(width), seededRandom(seed + fold)),
    );
    const inside = rowsInside(folds, fold);
    const answered = applyBlend(
      blend,
      parts.map(part => rowsOf(part, inside, width)),
    );
    inside.forEach((row, place) => {
      logScores.set(answered.subarray(place * width, (place + 1) * width), row * width);
    });
  }
  return { logScores, loss: meanLoss(table, logScores) };
}

/** The blend that goes into the model, from all rows. */
export function finalBlend(
  table: LabelledTable,
  folds: Folds,
  parts: readonly Float64Array[],
  seed: number,
): Blend {
  return fitBlend(
    table,
    parts,
    rowsOutside(table, folds, noFold, mostRowsOf(table.classCount), seededRandom(seed)),
  );
}

function rowsOf(part: Float64Array, rows: Uint32Array, width: number): Float64Array {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, place) => {
    picked.set(part.subarray(row * width, (row + 1) * width), place * width);
  });
  return picked;
}

/** By how much one loses less than another on the same rows, in standard errors of that difference. */
export function gainOf(table: LabelledTable, better: Float64Array, worse: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < table.count; row += 1) {
    const place = row * table.classCount + (table.classes[row] ?? 0);
    const gain = (better[place] ?? 0) - (worse[place] ?? 0);
    sum += gain;
    squares += gain * gain;
  }
  const mean = sum / table.count;
  const spread = Math.max(squares / table.count - mean * mean, 1e-18);
  return mean / Math.sqrt(spread / table.count);
}
