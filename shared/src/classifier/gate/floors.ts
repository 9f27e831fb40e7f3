import type { ClassificationMetrics } from '../metrics.ts';
import { type GateInput, type GateSettings, type Ruling, refuse } from './input.ts';
import { digits, itemsOf, percent } from './words.ts';

type Rows = Pick<GateInput, 'classes' | 'item'>;

/** Refuses what nothing can be decided from: models that answer other rows, or with other than probabilities. */
export function refuseBrokenScores(input: GateInput): Ruling | undefined {
  const { truth, challenger, champion, anchor, classes, item } = input;
  const models = [challenger, champion, anchor].filter(model => model !== undefined);
  const width = classes.length;
  if (models.some(({ length }) => length !== truth.length * width)) {
    const counts = models.map(({ length }) => length / width).join(' and ');
    return refuse(
      'rows-disagree',
      `There are ${counts} scores for ${truth.length} hold-out ${itemsOf(item)}.`,
    );
  }
  const isWhole = areProbabilities(challenger, width, false);
  if (isWhole && models.every(model => areProbabilities(model, width, model !== challenger)))
    return undefined;
  return refuse('invalid-scores', 'Some scores are not probabilities: the model that gave them is broken.');
}

/** Those of each row lie between 0 and 1 and add up to 1, but for rounding; or the whole row is no answer. */
function areProbabilities(values: ArrayLike<number>, width: number, mayLack: boolean): boolean {
  for (let first = 0; first < values.length; first += width) {
    let sum = 0;
    let missing = 0;
    for (let place = first; place < first + width; place += 1) {
      const probability = values[place] ?? Number.NaN;
      if (Number.isNaN(probability)) missing += 1;
      else if (!(probability >= 0 && probability <= 1)) return false;
      else sum += probability;
    }
    if (missing > 0 ? !mayLack || missing < width : Math.abs(sum - 1) > 1e-6) return false;
  }
  return true;
}

/** Refuses where there is too little to judge on. */
export function refuseRows(
  { rows, classes: ofClass }: ClassificationMetrics,
  { classes, item }: Rows,
  { minimumRows }: GateSettings,
): Ruling | undefined {
  if (rows < minimumRows) {
    return refuse(
      'too-few-rows',
      `There are ${rows} hold-out ${itemsOf(item)}, and at least ${minimumRows} are needed to judge.`,
    );
  }
  const present = classes.filter(name => (ofClass[name]?.support ?? 0) > 0);
  if (present.length > 1) return undefined;
  const needed = classes.length === 2 ? 'both classes are' : 'more than one class is';
  return refuse(
    'one-class-only',
    `All ${rows} hold-out ${itemsOf(item)} are ${present[0] ?? 'of no known class'}: ${needed} needed to judge.`,
  );
}

/** What every model must reach, with a champion or without. A class without a row in the hold-out says nothing. */
export function refuseBelowFloor(
  { accuracy, correct, rows, logLoss, classes: ofClass }: ClassificationMetrics,
  { classes, item }: Rows,
  { minimumAccuracy, minimumRecall = 0 }: GateSettings,
): Ruling | undefined {
  const items = itemsOf(item);
  const byShares = entropy(Object.values(ofClass).map(({ support }) => support / rows));
  // The margin is for rounding.
  if (minimumAccuracy === undefined && logLoss > byShares - 1e-9) {
    return refuse(
      'no-better-than-shares',
      `It knows no more of the ${rows} hold-out ${items} than the shares of their classes tell (log loss ${digits(logLoss)}, and ${digits(byShares)} by the shares).`,
    );
  }
  if (minimumAccuracy !== undefined && accuracy < minimumAccuracy) {
    return refuse(
      'below-accuracy-floor',
      `It got ${correct} of ${rows} hold-out ${items} right (${percent(accuracy)}), and the floor is ${percent(minimumAccuracy)}.`,
    );
  }
  for (const name of classes) {
    const { recall = 0, support = 0 } = ofClass[name] ?? {};
    if (support === 0 || recall >= minimumRecall) continue;
    return refuse(
      'below-recall-floor',
      `It recognised ${percent(recall)} of the ${support} ${name} ${items} in the hold-out, and the floor is ${percent(minimumRecall)}.`,
    );
  }
  return undefined;
}

/** The log loss of always answering these shares. */
function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
}
