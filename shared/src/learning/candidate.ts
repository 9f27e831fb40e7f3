import { type Folds, rowsInside } from './folds.ts';
import { type LabelledTable, pickRows, weightOf } from './table.ts';

/** What a candidate is fitted to. */
export interface Task {
  readonly table: LabelledTable;
  readonly folds: Folds;
  readonly seed: number;
  /** No fit learns from more rows. */
  readonly mostRows: number;
}

export interface Fitted<Model> {
  /** For every row, the logarithms of the probabilities that a model gives which has not learned from it. */
  readonly logScores: Float64Array;
  readonly model: Model;
}

/** Mean loss of rows by logarithms of probabilities, weighted as the rows are. */
export function meanLoss(table: LabelledTable, logScores: Float64Array): number {
  let loss = 0;
  let sum = 0;
  for (let row = 0; row < table.count; row += 1) {
    const weight = weightOf(table, row);
    loss -= weight * (logScores[row * table.classCount + (table.classes[row] ?? 0)] ?? 0);
    sum += weight;
  }
  return loss / sum;
}

const rowsAtOnce = 4_096;

/** Every row by what has learned without its fold, scored as the model will score in answers. */
export function outOfFold(
  { table, folds }: Pick<Task, 'table' | 'folds'>,
  scorerOf: (fold: number) => (values: Float64Array) => Float64Array,
): Float64Array {
  const { classCount, count } = table;
  const logScores = new Float64Array(count * classCount);
  for (let fold = 0; fold < folds.count; fold += 1) {
    const score = scorerOf(fold);
    const inside = rowsInside(folds, fold);
    for (let start = 0; start < inside.length; start += rowsAtOnce) {
      const some = inside.subarray(start, start + rowsAtOnce);
      const scores = score(pickRows(table, some).values);
      some.forEach((row, place) => {
        logScores.set(scores.subarray(place * classCount, (place + 1) * classCount), row * classCount);
      });
    }
  }
  return logScores;
}
