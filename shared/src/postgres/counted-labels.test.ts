import fc from 'fast-check';
import { fairShare } from './counted-labels.ts';

/** All that is learned from when no source may bring more than `cut`. */
function total(counts: readonly number[], others: number, cut: number): number {
  return counts.reduce((sum, count) => sum + Math.min(count, cut), others);
}

it('is the most that one source may bring without having more than its share of the whole', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 30 });
  const share = fc.constantFrom(0.01, 0.05, 0.1, 0.3, 0.9);
  fc.assert(
    fc.property(counts, fc.integer({ min: 0, max: 5_000 }), share, (given, others, limit) => {
      const cut = fairShare(given, others, limit);
      expect(cut).toBeLessThanOrEqual(limit * total(given, others, cut) * (1 + 1e-9));
      // Where the cut is felt, a larger one would be too much.
      const more = cut * 1.001 + 0.001;
      if (given.some(count => count > more)) {
        expect(more).toBeGreaterThan(limit * total(given, others, more) * (1 - 1e-9));
      }
    }),
    { numRuns: 500 },
  );
});

it('cuts nobody where the whole is the limit, and a lone source by the others alone', () => {
  expect(fairShare([500, 3], 100, 1)).toBe(603);
  expect(fairShare([100_000], 900, 0.1)).toBeCloseTo(100, 9);
  expect(fairShare([], 900, 0.1)).toBe(90);
});
