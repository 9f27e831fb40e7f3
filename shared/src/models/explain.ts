import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRow, type Row } from '../data-set/row.ts';
import { calledClass } from '../learning/metrics.ts';
import { explainAnswer } from '../learning/shapley.ts';
import type { LiveModel } from './live-model.ts';

/** Why a model says what it says of a row. */
export interface Explanation {
  /** The class whose probability is explained: with two classes class 1, with more the one that the row is called. */
  readonly explains: string;
  /** What the model says of it on average of its background. */
  readonly base: number;
  /** What each feature adds to that, by its column: all of them and the base together are the probability. */
  readonly contributions: Readonly<Record<string, number>>;
}

export type Explainer = Pick<LiveModel, 'fileName' | 'probabilities' | 'background'>;

/** Nothing where the model's file has no background. */
export function explainPrediction(dataSet: DataSet, model: Explainer, row: Row): Explanation | undefined {
  const { background } = model;
  if (!background) return undefined;
  const names = classNames(dataSet);
  const encoded = encodeRow(dataSet, row);
  const classCount = names.length;
  const label = classCount === 2 ? 1 : calledClass(model.probabilities(encoded), 0, classCount);
  const { base, contributions } = explainAnswer(model, {
    row: encoded,
    background: Float64Array.from(background.flat(), value => value ?? Number.NaN),
    label,
    classCount,
  });
  return {
    explains: names[label] ?? '',
    base,
    contributions: Object.fromEntries(
      dataSet.features.map(({ column }, place) => [column, contributions[place] ?? 0]),
    ),
  };
}

/** Said instead of an explanation. */
export function whyUnexplained({ fileName }: Pick<Explainer, 'fileName'>): string {
  return `The model ${fileName} keeps no rows of its training to compare with, as earlier ones do not: there is no explanation.`;
}
