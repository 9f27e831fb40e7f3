import type { Paired } from './comparison.ts';
import type { BesideBest } from './input.ts';
import { greatestLoss } from './loss-test.ts';

// How much less than another a model may do and still count as no worse. Two equal models differ by chance, so without a
// margin nothing is promoted any more once a champion had luck; with a wide one small losses pass. It is counted in standard
// errors of the difference on these very rows, so it is as wide as chance makes it and no wider.
//
// Against the best model ever proved it is narrow: that one stays the same through many trainings, so losses cannot add
// up. But half of such a difference is the luck that the best one had on these rows, with which all later ones would have to
// live. So it is learned again with other seeds: what those models do on average is what it is worth without its luck.
// Against the champion the margin is wide: a champion is often one that had luck, and who comes next must not need as much.
//
// One model that had luck passes any margin, and of a thousand one has. So what the last trainings made together must not
// lie below the best either: their luck cancels out.

/** In standard errors of the difference. */
const widths = { champion: 2.5, best: 1.4, together: 1.5 };
/** With more rows one can be surer both that equal models pass and that worse ones do not. */
const usualRows = 1_348;
const growthOf = (rows: number): number => clamp((rows / usualRows) ** 0.25, 1, 2);

/**
 * However many rows there are, so little is no loss, or three rows of a thousand would hold up corrections of models that
 * are hardly ever wrong: of hits as a share of the rows, of log loss in nats a row. Where a model loses next to nothing, no
 * single row decides that it is surely wrong about.
 */
const negligibleHits = 0.004;
const nextToNothing = 0.01;
export function negligibleLoss({ rows, championLoss }: Pick<Paired, 'rows' | 'championLoss'>): number {
  return championLoss < nextToNothing
    ? Math.max(0.003, championLoss, greatestLoss / rows)
    : 0.003 + 0.003 * championLoss;
}
/** On the average of many models chance has less of a part: there half as much is a loss. */
const negligibleTogether = 0.5;

/** Rounding must not decide between a loss and a margin that are the same number of rows. */
const rounding = 1e-9;

/** Where a model does less well than the margin allows, and what it allows: a share of the rows, or nats a row. */
export interface Shortfall {
  readonly in: 'accuracy' | 'log loss';
  readonly margin: number;
}

/** Whether a model is clearly worse than the champion. */
export function belowChampion(paired: Paired): Shortfall | undefined {
  const margins = marginsOf(paired, widths.champion, 1);
  return paired.rows === 0 ? undefined : shortfall(resultOf(paired), margins);
}

/** So often the best is learned again. */
export const repeatsOfBest = 8;
/** So many of the latest are asked about. */
export const mostEarlier = 24;
/** A single model that failed altogether says little of the others. */
const mostOfOne = 2;

/** Where one model, or the last ones on average, do less well than models like the best. */
export interface BelowBest extends Shortfall {
  readonly models: number;
  readonly mean: number;
}

/** What is known of the best model and of those after it, by how each did beside it. */
export interface Standing {
  readonly repeats: readonly BesideBest[];
  readonly earlier: readonly BesideBest[];
}

/** Whether a model lies below what models like the best are worth. */
export function belowBest(paired: Paired, { repeats }: Standing): BelowBest | undefined {
  if (paired.rows === 0) return undefined;
  const margins = marginsOf(paired, widths.best * growthOf(paired.rows), luckOf(1, repeats.length));
  return lossOf([resultOf(paired)], repeats, margins);
}

/** Whether it and those of the trainings before it do so on average. */
export function belowBestTogether(paired: Paired, { repeats, earlier }: Standing): BelowBest | undefined {
  if (paired.rows === 0 || earlier.length === 0) return undefined;
  const width = widths.together * growthOf(paired.rows);
  const luck = luckOf(earlier.length + 1, repeats.length);
  const margins = marginsOf(paired, width, luck, negligibleTogether);
  return lossOf([resultOf(paired), ...earlier], repeats, margins);
}

function lossOf(
  models: readonly BesideBest[],
  repeats: readonly BesideBest[],
  margins: BesideBest,
): BelowBest | undefined {
  const meanOf = (figure: keyof BesideBest): number => {
    const worth = mean(repeats.map(one => one[figure]));
    const most = models.length > 1 ? mostOfOne * margins[figure] : Infinity;
    return mean(models.map(one => clamp(one[figure] - worth, -most, most)));
  };
  const means = { fewer: meanOf('fewer'), logLoss: meanOf('logLoss') };
  const short = shortfall(means, margins);
  if (!short) return undefined;
  return { ...short, models: models.length, mean: short.in === 'accuracy' ? means.fewer : means.logLoss };
}

function shortfall(result: BesideBest, margins: BesideBest): Shortfall | undefined {
  if (result.fewer > margins.fewer) return { in: 'accuracy', margin: margins.fewer };
  return result.logLoss > margins.logLoss ? { in: 'log loss', margin: margins.logLoss } : undefined;
}

/** So many standard errors, of a difference with so much of the luck of one between two single models. */
function marginsOf(paired: Paired, width: number, luck: number, negligible = 1): BesideBest {
  const { rows, test, loss } = paired;
  const { gained, lost } = test;
  // Where models differ on a few rows only, chance comes in whole rows.
  const widthOfLoss = Math.max(width, 2 - (gained + lost) / 10);
  const fewer = (width * luck * Math.sqrt(gained + lost)) / rows;
  return {
    fewer: Math.max(negligible * negligibleHits, fewer) + rounding,
    logLoss: Math.max(negligible * negligibleLoss(paired), widthOfLoss * luck * loss.error) + rounding,
  };
}

/** The luck of so many models' average beside that of the best's repeats, or beside the best itself where there are none. */
function luckOf(models: number, repeats: number): number {
  return Math.sqrt((1 / models + 1 / Math.max(1, repeats)) / 2);
}

/** What is kept of a model's comparison with the best for those that come later. */
export function resultOf({ rows, test: { gained, lost }, loss }: Paired): BesideBest {
  return { fewer: (lost - gained) / rows, logLoss: loss.difference };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
