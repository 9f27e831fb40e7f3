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
  const rows = judged.classes.length;
  let correct = 0;
  let loss = 0;
  for (let row = 0; row < rows; row += 1) {
    if (likeliest(judged, row) === judged.classes[row]) correct += 1;
    loss += lossOf(judged, row);
  }
  return { accuracy: correct / rows, logLoss: loss / rows, calibrationError: calibrationError(judged) };
}

export function lossOf({ scores, classes, classCount }: Judged, row: number): number {
  return -Math.log(Math.max(scores[row * classCount + (classes[row] ?? 0)] ?? 0, smallestProbability));
}

/** The class with the highest probability; of equals the first. */
function likeliest({ scores, classCount }: Judged, row: number): number {
  let best = 0;
  for (let one = 1; one < classCount; one += 1) {
    if ((scores[row * classCount + one] ?? 0) > (scores[row * classCount + best] ?? 0)) best = one;
  }
  return best;
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
    const answer = likeliest(judged, row);
    const sure = judged.scores[row * judged.classCount + answer] ?? 0;
    const bin = Math.min(bins - 1, Math.floor(sure * bins));
    confidence[bin] = (confidence[bin] ?? 0) + sure;
    if (answer === judged.classes[row]) correct[bin] = (correct[bin] ?? 0) + 1;
  }
  return confidence.reduce((sum, sure, bin) => sum + Math.abs(sure - (correct[bin] ?? 0)), 0) / rows;
}
