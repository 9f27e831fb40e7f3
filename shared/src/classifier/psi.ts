/** A bin that is empty on one side only would make the index infinite: it counts as this share instead. */
const smallestShare = 1e-4;

/**
 * The population stability index of two histograms over the same bins, 0 when their shapes are equal. By custom,
 * below 0.1 is no change worth a look, and above 0.25 the values come from somewhere else than they used to.
 */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) {
    throw new RangeError(
      `The histograms have ${expected.length} and ${actual.length} bins: use the same bins.`,
    );
  }
  const expectedTotal = total(expected);
  const actualTotal = total(actual);
  if (expectedTotal === 0 || actualTotal === 0) return 0;
  return expected.reduce((sum, count, bin) => {
    const before = Math.max(count / expectedTotal, smallestShare);
    const now = Math.max((actual[bin] ?? 0) / actualTotal, smallestShare);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
