import fc from 'fast-check';
import { mcnemar } from './mcnemar.ts';

/** The probability of at most `heads` heads, by whole numbers of any size. */
function exactly(heads: number, tosses: number): number {
  let ways = 1n;
  let sum = 1n;
  for (let k = 1; k <= heads; k += 1) {
    ways = (ways * BigInt(tosses - k + 1)) / BigInt(k);
    sum += ways;
  }
  return Number((sum * 10n ** 15n) / 2n ** BigInt(tosses)) / 1e15;
}

describe('mcnemar', () => {
  it('gives the values that can be worked out by hand', () => {
    // 10 tosses: 11 of the 1,024 outcomes have at most one head.
    expect(mcnemar({ gained: 1, lost: 9 }).challengerWorse).toBeCloseTo(11 / 1024, 12);
    expect(mcnemar({ gained: 9, lost: 1 }).challengerBetter).toBeCloseTo(11 / 1024, 12);
    expect(mcnemar({ gained: 1, lost: 9 }).twoSided).toBeCloseTo(22 / 1024, 12);
  });

  it('finds nothing where the models agree or are wrong equally often', () => {
    expect(mcnemar({ gained: 0, lost: 0 })).toMatchObject({
      twoSided: 1,
      challengerWorse: 1,
      challengerBetter: 1,
    });
    expect(mcnemar({ gained: 5, lost: 5 }).twoSided).toBe(1);
  });

  it('agrees with whole-number arithmetic', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (gained, lost) => {
        const { challengerWorse, challengerBetter } = mcnemar({ gained, lost });
        expect(challengerWorse).toBeCloseTo(exactly(gained, gained + lost), 9);
        expect(challengerBetter).toBeCloseTo(exactly(lost, gained + lost), 9);
      }),
    );
  });

  it('holds for tens of thousands of rows', () => {
    expect(mcnemar({ gained: 20_000, lost: 20_000 }).twoSided).toBe(1);
    expect(mcnemar({ gained: 19_000, lost: 21_000 }).challengerWorse).toBeLessThan(1e-20);
  });
});
