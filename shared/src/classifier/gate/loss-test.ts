/** How much more one model loses than another on the same rows, as log loss in nats a row. */
export interface LossTest {
  /** Above zero, the challenger loses more. */
  readonly difference: number;
  /** The standard error of the difference, as if neither model were better. */
  readonly error: number;
  /** How likely chance alone makes the challenger look this bad or this good. */
  readonly challengerWorse: number;
  readonly challengerBetter: number;
}

/** A row that a model is sure of and wrong about counts no more than this, so that one row alone proves nothing. */
const smallestProbability = 1e-4;
export const greatestLoss = -Math.log(smallestProbability);

export function lossOf(probabilities: ArrayLike<number>, place: number): number {
  return -Math.log(Math.max(probabilities[place] ?? Number.NaN, smallestProbability));
}

/**
 * From the sum of the rows' differences and that of their squares. If neither model is better, each difference is as
 * likely to have the one sign as the other, and the sum divided by the root of the squares is at most about normal,
 * however heavy the tails of the losses are.
 */
export function lossTest(rows: number, sum: number, squares: number): LossTest {
  // A rounding error is no difference.
  const root = Math.sqrt(squares);
  const score = root > 1e-9 ? sum / root : 0;
  return {
    difference: rows === 0 ? 0 : sum / rows,
    error: rows === 0 ? 0 : root / rows,
    challengerWorse: upperTail(score),
    challengerBetter: upperTail(-score),
  };
}

/** How often a standard normal number exceeds this one (Abramowitz and Stegun 7.1.26 bounds the error by 1.5e-7). */
export function upperTail(score: number): number {
  const x = Math.abs(score) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-x * x)) / 2;
  return score >= 0 ? tail : 1 - tail;
}
