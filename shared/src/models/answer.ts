import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRows, type Row } from '../data-set/row.ts';
import { calledClass } from '../learning/metrics.ts';
import type { Classifier } from '../learning/model.ts';

/** What a model says of some rows, as a `prediction` message has it. */
export interface ModelAnswers {
  /** The name of the likeliest class of each. */
  readonly output: string[];
  /** With two classes: the probability of class 1. */
  readonly scores?: number[];
  /** With more: the probability of each class, in their order. */
  readonly probabilities?: number[][];
}

export function answerRows(
  dataSet: DataSet,
  model: Pick<Classifier, 'probabilities'>,
  rows: readonly Row[],
): ModelAnswers {
  const names = classNames(dataSet);
  const probabilities = model.probabilities(encodeRows(dataSet, rows));
  const output = rows.map((_, row) => names[calledClass(probabilities, row, names.length)] ?? '');
  const ofRow = (row: number): number[] =>
    Array.from(probabilities.subarray(row * names.length, (row + 1) * names.length));
  return names.length === 2
    ? { output, scores: rows.map((_, row) => probabilities[2 * row + 1] ?? Number.NaN) }
    : { output, probabilities: rows.map((_, row) => ofRow(row)) };
}
