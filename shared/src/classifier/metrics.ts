import { calledClass, meanLogLoss } from '../learning/metrics.ts';
import { type Interval, wilsonInterval } from './wilson.ts';

// Models are judged by what they say of rows whose class is known. They say it as probabilities, row after row, as many
// for each row as there are classes; a class is a number, and its name stands at that place in the list of names.

/** A share of nothing, such as the recall of a class that has no rows, is 0. */
export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** The rows that are of this class. */
  readonly support: number;
}

export interface ClassificationMetrics {
  readonly rows: number;
  readonly correct: number;
  readonly accuracy: number;
  /** Where the true accuracy lies, at 95 % confidence. */
  readonly interval: Interval;
  readonly logLoss: number;
  /** How many rows of each class (the outer place) were called what (the inner one). */
  readonly confusion: readonly (readonly number[])[];
  /** By the name of the class. */
  readonly classes: Readonly<Record<string, ClassMetrics>>;
  /** The plain means over all classes, so that a rare class counts as much as a frequent one. */
  readonly macro: Omit<ClassMetrics, 'support'>;
}

/** Compares probabilities with the true classes of the same rows. */
export function measurePredictions(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: readonly string[],
): ClassificationMetrics {
  const confusion = confusionMatrix(probabilities, truth, classes.length);
  const ofClass = classes.map((_, number) => classMetrics(confusion, number));
  const rows = truth.length;
  const correct = confusion.reduce((sum, row, number) => sum + (row[number] ?? 0), 0);
  return {
    rows,
    correct,
    accuracy: share(correct, rows),
    interval: wilsonInterval(correct, rows),
    logLoss: meanLogLoss(probabilities, truth, classes.length),
    confusion,
    classes: Object.fromEntries(classes.map((name, number) => [name, ofClass[number] ?? noRows])),
    macro: {
      precision: mean(ofClass.map(({ precision }) => precision)),
      recall: mean(ofClass.map(({ recall }) => recall)),
      f1: mean(ofClass.map(({ f1 }) => f1)),
    },
  };
}

function confusionMatrix(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
): readonly (readonly number[])[] {
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let row = 0; row < truth.length; row += 1) {
    const ofClass = matrix[truth[row] ?? 0];
    const called = calledClass(probabilities, row, classCount);
    if (ofClass) ofClass[called] = (ofClass[called] ?? 0) + 1;
  }
  return matrix;
}

const noRows: ClassMetrics = { precision: 0, recall: 0, f1: 0, support: 0 };

function classMetrics(confusion: readonly (readonly number[])[], number: number): ClassMetrics {
  const found = confusion[number]?.[number] ?? 0;
  const support = confusion[number]?.reduce((sum, count) => sum + count, 0) ?? 0;
  const called = confusion.reduce((sum, row) => sum + (row[number] ?? 0), 0);
  return {
    precision: share(found, called),
    recall: share(found, support),
    f1: share(2 * found, called + support),
    support,
  };
}

function mean(values: readonly number[]): number {
  return share(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
