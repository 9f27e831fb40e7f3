/** Turns each row of so many raw scores into probabilities, in place. */
export function softmaxRows(scores: Float64Array, width: number): Float64Array {
  for (let start = 0; start < scores.length; start += width) softmaxRow(scores, start, width);
  return scores;
}

/** Subtracting the highest score first keeps every exponential within bounds. */
export function softmaxRow(scores: Float64Array, start: number, width: number): void {
  let highest = -Infinity;
  for (let i = start; i < start + width; i += 1) highest = Math.max(highest, scores[i] ?? 0);
  let sum = 0;
  for (let i = start; i < start + width; i += 1) {
    const odds = Math.exp((scores[i] ?? 0) - highest);
    scores[i] = odds;
    sum += odds;
  }
  for (let i = start; i < start + width; i += 1) scores[i] = (scores[i] ?? 0) / sum;
}

/** Turns each row of so many raw scores into logarithms of probabilities, in place. */
export function logSoftmaxRows(scores: Float64Array, width: number): Float64Array {
  for (let start = 0; start < scores.length; start += width) {
    let highest = -Infinity;
    for (let i = start; i < start + width; i += 1) highest = Math.max(highest, scores[i] ?? 0);
    let sum = 0;
    for (let i = start; i < start + width; i += 1) sum += Math.exp((scores[i] ?? 0) - highest);
    const shift = highest + Math.log(sum);
    for (let i = start; i < start + width; i += 1) scores[i] = (scores[i] ?? 0) - shift;
  }
  return scores;
}
