import { calledClass } from '../learning/metrics.ts';

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

/** Compares what two models say of the same rows, as probabilities of each class, row after row. */
export function compareModels(
  champion: ArrayLike<number>,
  challenger: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
): PairedTest {
  let gained = 0;
  let lost = 0;
  for (let row = 0; row < truth.length; row += 1) {
    const championRight = calledClass(champion, row, classCount) === truth[row];
    const challengerRight = calledClass(challenger, row, classCount) === truth[row];
    if (challengerRight && !championRight) gained += 1;
    if (championRight && !challengerRight) lost += 1;
  }
  return mcnemar({ gained, lost });
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
