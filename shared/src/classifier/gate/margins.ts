import type { Paired } from './comparison.ts';
import type { EarlierResult } from './input.ts';
import { greatestLoss } from './loss-test.ts';

// How much less than another a model may do and still count as no worse. Two equal models differ by chance, so without a
// margin nothing is promoted any more once a champion had luck; with a wide one small losses pass. It is counted in standard
// errors of the difference on these very rows, so it is as wide as chance makes it and no wider.
//
// Against the best model ever proved it is narrow: that one stays the same through many trainings, so losses cannot add
// up. It is narrower in log loss, which tells two models apart on far fewer rows than hits do. Against the champion it is
// wide: a champion is often one that had luck, and who comes next must not need as much.
//
// One model that had luck passes any margin, and of a thousand one has. So what the last trainings made together must not
// lie below the best either: their luck cancels out.

/** Against the best ever proved: with more rows one can be surer both that equal models pass and that worse ones do not. */
function narrowWidths({ rows, test: { gained, lost } }: Paired) {
  const growth = rows ** 0.2;
  return {
    hits: clamp(0.355 * growth, 1.5, 2.25),
    // Where models differ on a few rows only, chance comes in whole rows.
    loss: Math.max(clamp(0.295 * growth, 1, 2), 2 - (gained + lost) / 10),
  };
}

const wideWidth = 2.5;
const wideWidths = { hits: wideWidth, loss: wideWidth };
const widthTogether = 1.25;

/**
 * Where models differ on many rows, so many standard errors are more than anybody would call no loss: then half a point
 * of accuracy is enough, or so many standard errors, with which an equal model still passes nine times in ten.
 */
const tolerance = 0.005;
const enoughErrors = 1.4;

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

/** Rounding must not decide between a loss and a margin that are the same number of rows. */
const rounding = 1e-9;

/** Where a model does less well than the margin allows, and what it allows: in rows, or in nats a row. */
export interface Shortfall {
  readonly in: 'accuracy' | 'log loss';
  readonly margin: number;
}

export function shortfall(paired: Paired, against: 'champion' | 'best'): Shortfall | undefined {
  const { rows, test, loss } = paired;
  if (rows === 0) return undefined;
  const widths = against === 'best' ? narrowWidths(paired) : wideWidths;
  const error = errorOfHits(paired);
  const enough = against === 'best' ? Math.max(enoughErrors * error, tolerance * rows) : Infinity;
  const fewer = Math.max(negligibleHits * rows, Math.min(widths.hits * error, enough));
  if (test.lost - test.gained > fewer + rounding)
    return { in: 'accuracy', margin: Math.floor(fewer + rounding) };
  const more = Math.max(negligibleLoss(paired), widths.loss * loss.error);
  return loss.difference > more + rounding ? { in: 'log loss', margin: more } : undefined;
}

function errorOfHits({ test: { gained, lost } }: Paired): number {
  return Math.sqrt(gained + lost);
}

/** So many of the latest are asked about. */
export const mostEarlier = 24;
/** With fewer models one cannot tell luck from what they have in common. */
const fewestTogether = 8;
/** A single model that failed altogether says little of the others. */
const mostOfOne = 1.5;

/** What the last trainings lost on average beside the best model, where that is more than the margin. */
export interface CommonLoss extends Shortfall {
  readonly models: number;
  readonly mean: number;
}

/** Whether this model and those of the trainings before it lie below the best, taken together. */
export function commonLoss(paired: Paired, earlier: readonly EarlierResult[]): CommonLoss | undefined {
  const { rows, loss } = paired;
  const models = earlier.length + 1;
  if (rows === 0 || models < fewestTogether) return undefined;
  const fewer = Math.max(negligibleHits, (widthTogether * errorOfHits(paired)) / rows);
  const more = Math.max(negligibleLoss(paired), widthTogether * loss.error);
  const results = [resultOf(paired), ...earlier];
  const inHits = meanWithin(
    mostOfOne * fewer,
    results.map(result => result.fewer),
  );
  if (inHits > fewer + rounding) return { in: 'accuracy', models, mean: inHits, margin: fewer };
  const inLoss = meanWithin(
    mostOfOne * more,
    results.map(result => result.logLoss),
  );
  return inLoss > more + rounding ? { in: 'log loss', models, mean: inLoss, margin: more } : undefined;
}

/** What is kept of a model's comparison with the best for those that come later. */
export function resultOf({ rows, test: { gained, lost }, loss }: Paired): EarlierResult {
  return { fewer: (lost - gained) / rows, logLoss: loss.difference };
}

function meanWithin(most: number, values: readonly number[]): number {
  return values.reduce((sum, value) => sum + clamp(value, -most, most), 0) / values.length;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
