export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the normal distribution: 2.5 % are left out on either side. */
const normalQuantile = 1.959963984540054;

/**
 * Between which shares the true one lies, at 95 % confidence, when `correct` of `rows` were right (Wilson's score
 * interval). Unlike the usual one it stays within 0 and 1 and says something even when every row was right.
 */
export function wilsonInterval(correct: number, rows: number): Interval {
  if (rows === 0) return { low: 0, high: 1 };
  const share = correct / rows;
  const shrink = 1 + normalQuantile ** 2 / rows;
  const centre = (share + normalQuantile ** 2 / (2 * rows)) / shrink;
  const margin =
    (normalQuantile / shrink) *
    Math.sqrt((share * (1 - share)) / rows + normalQuantile ** 2 / (4 * rows ** 2));
  return { low: Math.max(0, centre - margin), high: correct === rows ? 1 : centre + margin };
}
