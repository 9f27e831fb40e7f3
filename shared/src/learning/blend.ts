import { meanLoss } from './candidate.ts';
import { type Folds, noFold, rowsInside, rowsOutside } from './folds.ts';
import { minimize } from './lbfgs.ts';
import { seededRandom } from './random.ts';
import { logSoftmaxRows, softmaxRow } from './softmax.ts';
import { type LabelledTable, weightOf } from './table.ts';

/**
 * How the answers of one or several models become probabilities that mean what they say: a weight for each model (the
 * inverse of a temperature), and a shift for each class, which also puts right what weights of classes have moved.
 */
export interface Blend {
  readonly weights: readonly number[];
  readonly shifts: readonly number[];
}

/** How strongly weights that add up to other than one, and shifts other than none, are doubted: as so many rows. */
const doubt = 8;
/** So few parameters need no more rows. */
const mostRows = 40_000;

export function applyBlend({ weights, shifts }: Blend, parts: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(parts[0]?.length ?? 0);
  const width = shifts.length;
  for (let i = 0; i < sums.length; i += 1) sums[i] = shifts[i % width] ?? 0;
  parts.forEach((part, index) => {
    const weight = weights[index] ?? 0;
    for (let i = 0; i < sums.length; i += 1) sums[i] = (sums[i] ?? 0) + weight * (part[i] ?? 0);
  });
  return logSoftmaxRows(sums, width);
}

/** Finds the blend with the lowest log loss on the given rows. The weights stay positive by being exponentials. */
export function fitBlend(table: LabelledTable, parts: readonly Float64Array[], rows: Uint32Array): Blend {
  const width = table.classCount;
  const point = new Float64Array(parts.length + width).fill(-Math.log(parts.length), 0, parts.length);
  const scores = new Float64Array(width);
  minimize(
    (at, gradient) => {
      const weights = at.subarray(0, parts.length).map(Math.exp);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      let loss = (doubt / 2) * Math.log(sum) ** 2;
      for (let k = 0; k < parts.length; k += 1)
        gradient[k] = (doubt * Math.log(sum) * (weights[k] ?? 0)) / sum;
      for (let i = parts.length; i < at.length; i += 1) {
        loss += (doubt / 2) * (at[i] ?? 0) ** 2;
        gradient[i] = doubt * (at[i] ?? 0);
      }
      for (const row of rows) {
        const start = row * width;
        for (let i = 0; i < width; i += 1) {
          let score = at[parts.length + i] ?? 0;
          for (let k = 0; k < parts.length; k += 1) score += (weights[k] ?? 0) * (parts[k]?.[start + i] ?? 0);
          scores[i] = score;
        }
        softmaxRow(scores, 0, width);
        const label = table.classes[row] ?? 0;
        const weight = weightOf(table, row);
        loss -= weight * Math.log(Math.max(scores[label] ?? 0, 1e-300));
        for (let i = 0; i < width; i += 1) {
          const error = weight * ((scores[i] ?? 0) - (i === label ? 1 : 0));
          gradient[parts.length + i] = (gradient[parts.length + i] ?? 0) + error;
          for (let k = 0; k < parts.length; k += 1) {
            gradient[k] = (gradient[k] ?? 0) + error * (weights[k] ?? 0) * (parts[k]?.[start + i] ?? 0);
          }
        }
      }
      return loss;
    },
    point,
    40,
    1e-4 * Math.sqrt(rows.length),
  );
  return {
    weights: [...point.subarray(0, parts.length).map(Math.exp)],
    shifts: [...point.subarray(parts.length)],
  };
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
      rowsOutside(table, folds, fold, mostRows, seededRandom(seed + fold)),
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
  return fitBlend(table, parts, rowsOutside(table, folds, noFold, mostRows, seededRandom(seed)));
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
  const variance = Math.max(squares / table.count - mean * mean, 1e-18);
  return mean / Math.sqrt(variance / table.count);
}
