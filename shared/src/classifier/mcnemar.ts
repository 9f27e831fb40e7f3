/** The rows on which two models disagree about the truth: the only ones that tell which model is better. */
export interface Discordance {
  /** Right by the challenger only. */
  readonly gained: number;
  /** Right by the champion only. */
  readonly lost: number;
}

/** How likely chance alone makes the challenger look this different, this bad or this good (McNemar's exact test). */
export interface PairedTest extends Discordance {
  readonly twoSided: number;
  readonly challengerWorse: number;
  readonly challengerBetter: number;
}

/** If neither model is better, each discordant row is the toss of a fair coin. */
export function mcnemar({ gained, lost }: Discordance): PairedTest {
  const tosses = gained + lost;
  return {
    gained,
    lost,
    twoSided: Math.min(1, 2 * atMostHeads(Math.min(gained, lost), tosses)),
    challengerWorse: atMostHeads(gained, tosses),
    challengerBetter: atMostHeads(lost, tosses),
  };
}

/** The probability of at most `heads` heads in `tosses` of a fair coin, summed in logarithms against underflow. */
function atMostHeads(heads: number, tosses: number): number {
  let logProbability = -tosses * Math.LN2;
  let sum = Math.exp(logProbability);
  for (let k = 1; k <= heads; k += 1) {
    logProbability += Math.log((tosses - k + 1) / k);
    sum += Math.exp(logProbability);
  }
  return Math.min(1, sum);
}
