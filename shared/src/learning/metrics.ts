/** Probabilities of rows that were not learned from, row after row, and the classes of the same rows. */
export interface Judged {
  readonly scores: ArrayLike<number>;
  readonly classes: ArrayLike<number>;
  readonly classCount: number;
}

export interface Metrics {
  readonly accuracy: number;
  /** Mean of -ln(probability given to the true class). */
  readonly logLoss: number;
  readonly calibrationError: number;
}

/** No score is so sure that one wrong row may make the mean infinite. */
const smallestProbability = 1e-15;

export function measure(judged: Judged): Metrics {
  const { scores, classes, classCount } = judged;
  const rows = classes.length;
  let correct = 0;
  for (let row = 0; row < rows; row += 1) {
    if (calledClass(scores, row, classCount) === classes[row]) correct += 1;
  }
  return {
    accuracy: correct / rows,
    logLoss: meanLogLoss(scores, classes, classCount),
    calibrationError: calibrationError(judged),
  };
}

/** The mean of -ln(probability given to the true class), in nats; 0 for no rows. */
export function meanLogLoss(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
): number {
  let sum = 0;
  for (let row = 0; row < truth.length; row += 1) {
    const probability = probabilities[row * classCount + (truth[row] ?? 0)] ?? Number.NaN;
    sum -= Math.log(Math.max(probability, smallestProbability));
  }
  return truth.length === 0 ? 0 : sum / truth.length;
}

/** The likeliest class of a row. Of equals it is the last, so that with two classes one half is called class 1. */
export function calledClass(probabilities: ArrayLike<number>, row: number, classCount: number): number {
  const first = row * classCount;
  let called = 0;
  for (let number = 1; number < classCount; number += 1) {
    const probability = probabilities[first + number] ?? Number.NaN;
    if (probability >= (probabilities[first + called] ?? Number.NaN)) called = number;
  }
  return called;
}

/**
 * Expected calibration error: how far the confidence in the answer lies from the share of right answers, averaged over
 * ten bins of equal width.
 */
function calibrationError(judged: Judged): number {
  const bins = 10;
  const confidence = new Float64Array(bins);
  const correct = new Float64Array(bins);
  const rows = judged.classes.length;
  for (let row = 0; row < rows; row += 1) {
    const answer = calledClass(judged.scores, row, judged.classCount);
    const sure = judged.scores[row * judged.classCount + answer] ?? 0;
    const bin = Math.min(bins - 1, Math.floor(sure * bins));
    confidence[bin] = (confidence[bin] ?? 0) + sure;
    if (answer === judged.classes[row]) correct[bin] = (correct[bin] ?? 0) + 1;
  }
  return confidence.reduce((sum, sure, bin) => sum + Math.abs(sure - (correct[bin] ?? 0)), 0) / rows;
}
