/** The probabilities of both classes by scores, which are those of class 1. */
export function probabilitiesOf(scores: readonly number[]): Float64Array {
  return Float64Array.from(scores.flatMap(score => [1 - score, score]));
}
