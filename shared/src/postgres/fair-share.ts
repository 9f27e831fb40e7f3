/**
 * How many rows of one source may be learned from, so that none has more than `share` of what all sources and the
 * `others`, which are never capped, bring together. `counts` are the rows that each source offers. If the k largest
 * sources are cut to the same number c, then c = share * (others + rest + k * c); the cut is the least such c.
 */
export function fairShare(counts: Iterable<number>, others: number, share: number): number {
  const largest = Float64Array.from(counts).sort().reverse();
  let rest = largest.reduce((sum, count) => sum + count, others);
  let least = Infinity;
  for (let k = 0; k * share < 1; k += 1) {
    least = Math.min(least, (share * rest) / (1 - k * share));
    const count = largest[k];
    if (count === undefined) break;
    rest -= count;
  }
  return least;
}
