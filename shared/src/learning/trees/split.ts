import type { Binner } from './binning.ts';

/** Sums over the rows of a leaf, for each bin of each column: gradient, then hessian. */
export type Histogram = Float64Array;

export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

export interface SplitRules {
  /** The least sum of hessians, and the least number of rows, on either side. */
  readonly leastHessian: number;
  readonly leastRows: number;
  /** L2 penalty on the values of leaves. */
  readonly penalty: number;
}

/** Where the rows of a leaf part. Bins at most `bin`, or those of the set, go left. */
export interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly set?: Uint8Array;
  readonly left: Sums;
}

/** Splits on categories are told apart by chance more easily than those on numbers, so they are held back. */
const categoryPenalty = 10;
const mostCategoriesOnOneSide = 32;
/** What is left of an empty bin's hessian when one histogram was subtracted from another. */
const rounding = 1e-9;

/** The best split of a leaf on one of the columns, if any is allowed. */
export function findSplit(
  histogram: Histogram,
  offsets: Uint32Array,
  binners: readonly Binner[],
  columns: Uint32Array,
  sums: Sums,
  rows: number,
  rules: SplitRules,
): Split | undefined {
  let best: Split | undefined;
  // How many rows a bin holds is not counted but told from its share of the hessian.
  const least = Math.max(rules.leastHessian, (rules.leastRows / rows) * sums.hessian);
  for (const column of columns) {
    const binner = binners[column];
    if (!binner) continue;
    const start = (offsets[column] ?? 0) * 2;
    const bins = histogram.subarray(start, start + binner.bins * 2);
    const split =
      binner.kind === 'number'
        ? splitNumbers(bins, column, sums, least, rules.penalty, best?.gain ?? 0)
        : splitCategories(bins, column, sums, least, rules.penalty, best?.gain ?? 0);
    if (split) best = split;
  }
  return best;
}

function splitNumbers(
  bins: Float64Array,
  column: number,
  { gradient, hessian }: Sums,
  least: number,
  penalty: number,
  toBeat: number,
): Split | undefined {
  const last = bins.length / 2 - 1;
  const missingGradient = bins[last * 2] ?? 0;
  const missingHessian = bins[last * 2 + 1] ?? 0;
  const parent = (gradient * gradient) / (hessian + penalty);
  const mostHessian = hessian - least;
  let bestGain = toBeat;
  let bestBin = -1;
  let bestLeft = 0;
  let bestLeftHessian = 0;
  let missingLeft = false;
  const ways = missingHessian > rounding ? 2 : 1;
  for (let way = 0; way < ways; way += 1) {
    let left = way === 0 ? 0 : missingGradient;
    let leftHessian = way === 0 ? 0 : missingHessian;
    // With missing values on the right, a split of those from all others is one, too.
    const end = way === 0 && ways === 2 ? last : last - 1;
    for (let bin = 0; bin < end; bin += 1) {
      left += bins[bin * 2] ?? 0;
      leftHessian += bins[bin * 2 + 1] ?? 0;
      if (leftHessian < least) continue;
      if (leftHessian > mostHessian) break;
      const right = gradient - left;
      const gain =
        (left * left) / (leftHessian + penalty) +
        (right * right) / (hessian - leftHessian + penalty) -
        parent;
      if (gain > bestGain) {
        bestGain = gain;
        bestBin = bin;
        bestLeft = left;
        bestLeftHessian = leftHessian;
        missingLeft = way === 1;
      }
    }
  }
  if (bestBin < 0) return undefined;
  return {
    gain: bestGain,
    column,
    bin: bestBin,
    // Where no missing value was seen, one that comes later goes with the greater part.
    missingLeft: ways === 2 ? missingLeft : bestLeftHessian * 2 > hessian,
    left: { gradient: bestLeft, hessian: bestLeftHessian },
  };
}

/**
 * Ordered by their mean gradient, categories part best at one place in that order (Fisher 1958), which is looked for
 * from either end. The mean is drawn towards zero, so that a rare category comes to lie in the middle.
 */
function splitCategories(
  bins: Float64Array,
  column: number,
  { gradient, hessian }: Sums,
  least: number,
  penalty: number,
  toBeat: number,
): Split | undefined {
  const count = bins.length / 2;
  const order: number[] = [];
  const smooth = hessian / Math.max(count, 1) / 2;
  for (let bin = 0; bin < count; bin += 1) if ((bins[bin * 2 + 1] ?? 0) > rounding) order.push(bin);
  if (order.length < 2) return undefined;
  const rank = (bin: number): number => (bins[bin * 2] ?? 0) / ((bins[bin * 2 + 1] ?? 0) + smooth);
  order.sort((a, b) => rank(a) - rank(b) || a - b);
  const drawn = order.length > 4 ? penalty + categoryPenalty : penalty;
  const parent = (gradient * gradient) / (hessian + drawn);
  let best: Split | undefined;
  let bestGain = toBeat;
  for (const ordered of [order, order.toReversed()]) {
    let left = 0;
    let leftHessian = 0;
    const most = Math.min(ordered.length - 1, mostCategoriesOnOneSide);
    for (let taken = 0; taken < most; taken += 1) {
      const bin = ordered[taken] ?? 0;
      left += bins[bin * 2] ?? 0;
      leftHessian += bins[bin * 2 + 1] ?? 0;
      if (leftHessian < least) continue;
      if (leftHessian > hessian - least) break;
      const right = gradient - left;
      const gain =
        (left * left) / (leftHessian + drawn) + (right * right) / (hessian - leftHessian + drawn) - parent;
      if (gain > bestGain) {
        bestGain = gain;
        const set = new Uint8Array(count);
        for (const one of ordered.slice(0, taken + 1)) set[one] = 1;
        best = {
          gain,
          column,
          bin: -1,
          missingLeft: set[count - 1] === 1,
          set,
          left: { gradient: left, hessian: leftHessian },
        };
      }
    }
  }
  return best;
}
