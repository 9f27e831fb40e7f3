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
  /** How unlike anything that the model has learned from each row is: see `Unlikeness`. Earlier models cannot say. */
  readonly unlike?: number[];
  /** Which answers stand for "don't know"; there only where the settings ask for it. */
  readonly abstained?: boolean[];
}

export interface AnswerSettings {
  /** From this share on, how unlike a row is makes of its answer a "don't know". */
  readonly abstainFrom?: number | undefined;
}

export function answerRows(
  dataSet: DataSet,
  model: Pick<Classifier, 'answer'>,
  rows: readonly Row[],
  { abstainFrom }: AnswerSettings = {},
): ModelAnswers {
  const names = classNames(dataSet);
  const { probabilities, unlike } = model.answer(encodeRows(dataSet, rows));
  const output = rows.map((_, row) => names[calledClass(probabilities, row, names.length)] ?? '');
  const ofRow = (row: number): number[] =>
    Array.from(probabilities.subarray(row * names.length, (row + 1) * names.length));
  return {
    output,
    ...(names.length === 2
      ? { scores: rows.map((_, row) => probabilities[2 * row + 1] ?? Number.NaN) }
      : { probabilities: rows.map((_, row) => ofRow(row)) }),
    ...(unlike && { unlike: roundedDown(unlike) }),
    ...(unlike &&
      abstainFrom !== undefined && { abstained: Array.from(unlike, share => share >= abstainFrom) }),
  };
}

/** More digits would say nothing, and be most of the message. Never above what it was: 1 is hardly ever reached. */
function roundedDown(shares: Float64Array): number[] {
  const rounded: number[] = [];
  for (let i = 0; i < shares.length; i += 1) rounded.push(Math.floor((shares[i] ?? 0) * 1e6) / 1e6);
  return rounded;
}
