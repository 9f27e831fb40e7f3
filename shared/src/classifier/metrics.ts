import { type ClassNumber, classOfScore, type Label, labelOf } from '../contract/classes.ts';

/** How many rows of each class (first word) were called what (second word). */
export interface ConfusionMatrix {
  readonly realCalledReal: number;
  readonly realCalledFake: number;
  readonly fakeCalledReal: number;
  readonly fakeCalledFake: number;
}

/** A share of nothing, such as the recall of a class that has no rows, is 0. */
export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** The rows that are of this class. */
  readonly support: number;
}

export interface Metrics {
  readonly rows: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly confusion: ConfusionMatrix;
  readonly classes: Readonly<Record<Label, ClassMetrics>>;
}

/** Compares scores (probabilities of class 1) with the true classes of the same rows. */
export function measure(scores: ArrayLike<number>, classes: ArrayLike<number>): Metrics {
  const confusion = confusionMatrix(scores, classes);
  const correct = confusion.realCalledReal + confusion.fakeCalledFake;
  return {
    rows: scores.length,
    correct,
    accuracy: share(correct, scores.length),
    logLoss: meanLogLoss(scores, classes),
    confusion,
    classes: {
      fake: classMetrics(confusion.fakeCalledFake, confusion.realCalledFake, confusion.fakeCalledReal),
      real: classMetrics(confusion.realCalledReal, confusion.fakeCalledReal, confusion.realCalledFake),
    },
  };
}

function confusionMatrix(scores: ArrayLike<number>, classes: ArrayLike<number>): ConfusionMatrix {
  const counts = { real: { real: 0, fake: 0 }, fake: { real: 0, fake: 0 } };
  for (let row = 0; row < scores.length; row += 1) {
    counts[labelOf(trueClass(classes, row))][labelOf(classOfScore(scores[row] ?? Number.NaN))] += 1;
  }
  return {
    realCalledReal: counts.real.real,
    realCalledFake: counts.real.fake,
    fakeCalledReal: counts.fake.real,
    fakeCalledFake: counts.fake.fake,
  };
}

function classMetrics(found: number, falsely: number, missed: number): ClassMetrics {
  return {
    precision: share(found, found + falsely),
    recall: share(found, found + missed),
    f1: share(2 * found, 2 * found + falsely + missed),
    support: found + missed,
  };
}

/** No score is so sure that one wrong row may make the mean infinite. */
const smallestProbability = 1e-15;

/** The mean of -ln(probability given to the true class), in nats; 0 for no rows. */
export function meanLogLoss(scores: ArrayLike<number>, classes: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] ?? Number.NaN;
    const probability = trueClass(classes, row) === 1 ? score : 1 - score;
    sum -= Math.log(Math.max(probability, smallestProbability));
  }
  return share(sum, scores.length);
}

export function trueClass(classes: ArrayLike<number>, row: number): ClassNumber {
  return classes[row] === 1 ? 1 : 0;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
