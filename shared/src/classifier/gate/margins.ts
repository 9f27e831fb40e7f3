import type { Paired } from './comparison.ts';

// How much less than another a model may do and still count as no worse. Two equal models differ by chance, so without a
// margin nothing is promoted any more once a champion had luck; with a wide one small losses pass. It is counted in standard
// errors of the difference on these very rows, so it is as wide as chance makes it and no wider.
//
// Against the best model ever proved it is narrow: that one stays the same through many trainings, so losses cannot add
// up. Against the champion it is wide: a champion is often one that had luck, and who comes next must not need as much.

/** Against the best ever proved: with more rows one can be surer both that equal models pass and that worse ones do not. */
function narrowWidth(rows: number): number {
  return Math.max(1.5, Math.min(2.25, 0.355 * rows ** 0.2));
}

const wideWidth = 2.5;

/**
 * Where models differ on many rows, so many standard errors are more than anybody would call no loss: then half a point
 * of accuracy is enough, or one standard error, with which an equal model still passes five times in six.
 */
const tolerance = 0.005;

/**
 * However many rows there are, so little is no loss, or three rows of a thousand would hold up corrections of models that
 * are hardly ever wrong: of hits as a share of the rows, of log loss in nats a row.
 */
const negligibleHits = 0.0025;
export const negligibleLoss = (loss: number): number => 0.02 * loss + 0.003;

/** Rounding must not decide between a loss and a margin that are the same number of rows. */
const rounding = 1e-9;

/** Where a model does less well than the margin allows, and what it allows: in rows, or in nats a row. */
export interface Shortfall {
  readonly in: 'accuracy' | 'log loss';
  readonly margin: number;
}

export function shortfall(
  { rows, championLoss, test: { gained, lost }, loss }: Paired,
  against: 'champion' | 'best',
): Shortfall | undefined {
  if (rows === 0) return undefined;
  const width = against === 'best' ? narrowWidth(rows) : wideWidth;
  const error = Math.sqrt(gained + lost);
  const enough = against === 'best' ? Math.max(error, tolerance * rows) : Infinity;
  const fewer = Math.max(negligibleHits * rows, Math.min(width * error, enough));
  if (lost - gained > fewer + rounding) return { in: 'accuracy', margin: Math.floor(fewer + rounding) };
  const more = Math.max(negligibleLoss(championLoss), width * loss.error);
  return loss.difference > more + rounding ? { in: 'log loss', margin: more } : undefined;
}
