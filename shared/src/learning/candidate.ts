import type { Folds } from './folds.ts';
import { type LabelledTable, weightOf } from './table.ts';

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
