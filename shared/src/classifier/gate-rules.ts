import { labels } from '../contract/classes.ts';
import type { PairedTest } from './mcnemar.ts';
import type { Metrics } from './metrics.ts';

export interface GateSettings {
  /** The least share of all hold-out rows, and of those of each class, that a model must get right. */
  readonly minimumAccuracy: number;
  readonly minimumRecall: number;
  /** With fewer hold-out rows than this nothing is decided. */
  readonly minimumRows: number;
  /** By how much the challenger's accuracy must exceed the champion's; 0 lets an equal one pass. */
  readonly minimumGain: number;
  /** A difference that chance alone makes less often than this is taken for real. */
  readonly alpha: number;
}

export const defaultGateSettings: GateSettings = {
  minimumAccuracy: 0.95,
  minimumRecall: 0.9,
  minimumRows: 50,
  minimumGain: 0,
  alpha: 0.05,
};

export type Rule =
  | 'first-model'
  | 'better'
  | 'not-worse'
  | 'rows-disagree'
  | 'invalid-scores'
  | 'too-few-rows'
  | 'one-class-only'
  | 'below-accuracy-floor'
  | 'below-recall-floor'
  | 'worse'
  | 'worse-for-people'
  | 'lower'
  | 'gain-too-small'
  | 'gain-by-chance';

export interface Verdict {
  readonly promoted: boolean;
  readonly rule: Rule;
  /** One sentence for people, with the numbers. */
  readonly reason: string;
}

export function promote(rule: Rule, reason: string): Verdict {
  return { promoted: true, rule, reason };
}

export function refuse(rule: Rule, reason: string): Verdict {
  return { promoted: false, rule, reason };
}

/** What every model must reach, with a champion or without. */
export function belowFloor(metrics: Metrics, settings: GateSettings): Verdict | undefined {
  if (metrics.accuracy < settings.minimumAccuracy) {
    const { correct, rows } = metrics;
    return refuse(
      'below-accuracy-floor',
      `It got ${correct} of ${rows} hold-out notes right (${percent(metrics.accuracy)}), and the floor is ${percent(settings.minimumAccuracy)}.`,
    );
  }
  const label = labels.find(name => metrics.classes[name].recall < settings.minimumRecall);
  if (label === undefined) return undefined;
  const { recall, support } = metrics.classes[label];
  return refuse(
    'below-recall-floor',
    `It recognised ${percent(recall)} of the ${support} ${label} notes in the hold-out, and the floor is ${percent(settings.minimumRecall)}.`,
  );
}

/**
 * Not worse than the champion, row by row on the same rows:
 *
 * - Fewer right than the champion is refused, even by one row and even where chance explains it: were losses within
 *   chance let through, many small ones would add up. The exact test only tells which of the two it was.
 * - As many right is promoted: the rows cannot tell the two apart, and the challenger has learned from more.
 * - More right is promoted, and called better only if chance makes such a gain less often than `alpha`.
 * - Whoever asks for a gain asks for a real one: with a minimum gain, one that may be chance is refused.
 */
export function againstChampion(rows: number, test: PairedTest, settings: GateSettings): Verdict {
  const { gained, lost, challengerWorse, challengerBetter } = test;
  const tally = tallyOf(rows, test);
  if (challengerWorse < settings.alpha) {
    return refuse(
      'worse',
      `Worse than the champion: ${tally}, which is not chance (p ${digits(challengerWorse)}).`,
    );
  }
  if (gained < lost) {
    return refuse(
      'lower',
      `Lower than the champion: ${tally}; that may be chance, but the doubt counts for the champion.`,
    );
  }
  const shortfall = settings.minimumGain > 0 ? gainShortfall(rows, test, settings) : undefined;
  if (shortfall) return shortfall;
  if (challengerBetter < settings.alpha) {
    return promote(
      'better',
      `Better than the champion: ${tally}, which is not chance (p ${digits(challengerBetter)}).`,
    );
  }
  return promote('not-worse', `Not worse than the champion, and trained on newer data: ${tally}.`);
}

/**
 * On notes that only people have labelled, a loss is held against the challenger only if it is not chance, and a gain
 * does not count for it: labels of people may be wrong, even on purpose, and must not promote what the bank's refuse.
 */
export function againstPeople(rows: number, test: PairedTest, { alpha }: GateSettings): Verdict | undefined {
  if (test.challengerWorse >= alpha) return undefined;
  return refuse(
    'worse-for-people',
    `Worse than the champion on the notes that people labelled: ${tallyOf(rows, test)}, which is not chance (p ${digits(test.challengerWorse)}).`,
  );
}

function gainShortfall(rows: number, test: PairedTest, settings: GateSettings): Verdict | undefined {
  const { minimumGain, alpha } = settings;
  const more = test.gained - test.lost;
  const gain = `The gain of ${percent(more / rows)}`;
  // The margin is for rounding: 7 more of 100 is a gain of 0.07, though 0.07 times 100 is not quite 7.
  if (more + 1e-9 < minimumGain * rows) {
    return refuse(
      'gain-too-small',
      `${gain} is below the ${percent(minimumGain)} asked for: ${tallyOf(rows, test)}.`,
    );
  }
  if (test.challengerBetter < alpha) return undefined;
  return refuse(
    'gain-by-chance',
    `${gain} may be chance (p ${digits(test.challengerBetter)}): ${tallyOf(rows, test)}.`,
  );
}

function tallyOf(rows: number, { gained, lost }: PairedTest): string {
  const won = `it is right on ${gained} of ${rows} hold-out notes where the champion is wrong`;
  return `${won}, and wrong on ${lost} where the champion is right`;
}

/** Rounded down, so that 99.996 % is never shown as 100 %, nor a share below a floor as the floor itself. */
function percent(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-9) / 100} %`;
}

function digits(probability: number): string {
  return probability < 0.001 ? 'below 0.001' : probability.toFixed(3);
}
