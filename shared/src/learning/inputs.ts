import type { Folds } from './folds.ts';
import { seededRandom, shuffle } from './random.ts';
import { classShares, type LabelledTable, type Table, weightOf } from './table.ts';

/**
 * How one column becomes inputs of a linear model or a network:
 * - a number lies around its median in units of its spread, far values drawn in towards a limit, or at its rank;
 * - a missing one lies at the median, and where some were missing in training a second input says so;
 * - a category has an input of its own, or, where there are many, the log odds of the classes among its rows.
 * A column that never varies becomes none. A plain number, as earlier models have it, is not drawn in but held within a
 * limit that none of their rows came near.
 */
export type Encoder =
  | { readonly kind: 'number'; readonly centre: number; readonly scale: number; readonly missing: boolean }
  | { readonly kind: 'rank'; readonly knots: Float64Array; readonly missing: boolean }
  | {
      readonly kind: 'one-hot';
      readonly place: Int32Array;
      readonly inputs: number;
      readonly missing: boolean;
    }
  | { readonly kind: 'odds'; readonly odds: Float64Array; readonly inputs: number }
  | { readonly kind: 'plain'; readonly centre: number; readonly scale: number }
  | { readonly kind: 'none' };

export type Scale = 'number' | 'rank';

export interface Inputs {
  readonly encoders: readonly Encoder[];
  readonly width: number;
}

export const furthestPlain = 1e6;
/** Further than this no value lies: what an absurd one can do is bounded, and order is kept. */
export const furthestInput = 3;
/** A category of more kinds than this has its odds for an input, unless each kind is to have one. */
export const mostOneHot = 24;
/** With more classes than this, the odds of the most frequent ones must do. */
const mostOdds = 8;
const sampleRows = 50_000;
const knotCount = 64;

export function inputsOf(encoder: Encoder): number {
  if (encoder.kind === 'none') return 0;
  if (encoder.kind === 'plain') return 1;
  if (encoder.kind === 'one-hot') return encoder.inputs + (encoder.missing ? 1 : 0);
  return encoder.kind === 'odds' ? encoder.inputs : encoder.missing ? 2 : 1;
}

export function measureInputs(
  table: LabelledTable,
  scale: Scale,
  seed: number,
  mostKinds = mostOneHot,
): Inputs {
  const all = new Uint32Array(table.count).map((_, row) => row);
  const rows =
    table.count <= sampleRows ? all : shuffle(all, seededRandom(seed), sampleRows).subarray(0, sampleRows);
  const encoders = table.columns.map((column, index): Encoder => {
    const values = columnOf(table, index, rows);
    const missing = values.length < rows.length;
    if (column.kind === 'number') return numberEncoder(values.sort(), missing, scale);
    return categoryEncoder(values, column.size, missing, mostKinds) ?? oddsEncoder(table, index, column.size);
  });
  return { encoders, width: encoders.reduce((sum, encoder) => sum + inputsOf(encoder), 0) };
}

function columnOf(table: Table, index: number, rows: Uint32Array): Float64Array {
  const values = new Float64Array(rows.length);
  let found = 0;
  for (const row of rows) {
    const value = table.values[row * table.columns.length + index] ?? Number.NaN;
    if (!Number.isNaN(value)) values[found++] = value;
  }
  return values.subarray(0, found);
}

function numberEncoder(sorted: Float64Array, missing: boolean, scale: Scale): Encoder {
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  if (at(0) === at(1))
    return missing ? { kind: 'number', centre: at(0), scale: 1, missing } : { kind: 'none' };
  if (scale === 'rank') {
    const knots = new Set(Array.from({ length: knotCount + 1 }, (_, knot) => at(knot / knotCount)));
    return { kind: 'rank', knots: Float64Array.from(knots), missing };
  }
  // Quartiles say the spread, whatever a few absurd values are; where they coincide, quantiles further out do.
  const spread = [
    [0.25, 0.75, 1.35],
    [0.1, 0.9, 2.56],
    [0.02, 0.98, 4.1],
    [0, 1, 4],
  ].map(([low = 0, high = 1, deviations = 1]) => at(high) / deviations - at(low) / deviations);
  return { kind: 'number', centre: at(0.5), scale: spread.find(one => one > 0) ?? 1, missing };
}

function categoryEncoder(
  values: Float64Array,
  size: number,
  missing: boolean,
  mostKinds: number,
): Encoder | undefined {
  const counts = new Uint32Array(size);
  for (const value of values) if (value < size) counts[value] = (counts[value] ?? 0) + 1;
  const known = counts.filter(count => count > 0).length;
  if (known > mostKinds) return undefined;
  if (known < 2 && !missing) return { kind: 'none' };
  let next = 0;
  // Of two categories one says all.
  const drop = known === 2 && !missing;
  const place = Int32Array.from(counts, count => (count > 0 ? next++ : -1)).map(one =>
    drop ? one - 1 : one,
  );
  return { kind: 'one-hot', place: place.map(one => Math.max(one, -1)), inputs: drop ? 1 : known, missing };
}

/** How many rows of each class a category has, in each fold apart: folds × (size + 2) × classes. */
function countClasses(table: LabelledTable, index: number, size: number, folds?: Folds): Float64Array[] {
  const counts = Array.from(
    { length: folds?.count ?? 1 },
    () => new Float64Array((size + 2) * table.classCount),
  );
  for (let row = 0; row < table.count; row += 1) {
    const own = counts[folds?.of[row] ?? 0];
    const place = categoryPlace(table, row, index, size) * table.classCount + (table.classes[row] ?? 0);
    if (own) own[place] = (own[place] ?? 0) + weightOf(table, row);
  }
  return counts;
}

/** Categories lie in their order, then what was never seen, then what is missing. */
function categoryPlace(table: Table, row: number, index: number, size: number): number {
  const value = table.values[row * table.columns.length + index] ?? Number.NaN;
  return Number.isNaN(value) ? size + 1 : Math.min(value, size);
}

function oddsEncoder(table: LabelledTable, index: number, size: number): Encoder {
  const [counts = new Float64Array(0)] = countClasses(table, index, size);
  return oddsOf(counts, table);
}

/** So many rows of no category's own draw the shares of each towards those of all. */
const borrowedRows = 5;

function oddsOf(counts: Float64Array, table: LabelledTable): Encoder {
  const { classCount } = table;
  const classes = classesWithOdds(table);
  const shares = sharesOf(counts, classCount);
  const odds = new Float64Array((counts.length / classCount) * classes.length);
  for (let place = 0; place < counts.length / classCount; place += 1) {
    const own = counts.subarray(place * classCount, (place + 1) * classCount);
    const sum = own.reduce((total, count) => total + count, 0) + borrowedRows;
    classes.forEach((label, i) => {
      const share = ((own[label] ?? 0) + borrowedRows * (shares[label] ?? 0)) / sum;
      const logit =
        Math.log(share / (1 - share)) - Math.log((shares[label] ?? 0) / (1 - (shares[label] ?? 0)));
      odds[place * classes.length + i] = Math.min(Math.max(logit, -furthestInput), furthestInput);
    });
  }
  return { kind: 'odds', odds, inputs: classes.length };
}

/** Of two classes the second says all; of very many the most frequent must do. */
function classesWithOdds(table: LabelledTable): number[] {
  if (table.classCount === 2) return [1];
  const shares = classShares(table);
  return [...shares.keys()].sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b).slice(0, mostOdds);
}

function sharesOf(counts: Float64Array, classCount: number): Float64Array {
  const shares = new Float64Array(classCount).fill(1 / classCount);
  counts.forEach((count, i) => {
    shares[i % classCount] = (shares[i % classCount] ?? 0) + count;
  });
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map(share => share / sum);
}

/** The inputs of one row, into `target` from `start` on. */
export function writeInputs(
  { encoders }: Inputs,
  values: Float64Array,
  row: number,
  target: Float32Array | Float64Array,
  start: number,
): void {
  let place = start;
  for (let column = 0; column < encoders.length; column += 1) {
    const encoder = encoders[column];
    if (encoder === undefined || encoder.kind === 'none') continue;
    const value = values[row * encoders.length + column] ?? Number.NaN;
    const isMissing = Number.isNaN(value);
    if (encoder.kind === 'number') {
      target[place] = isMissing ? 0 : drawnIn((value - encoder.centre) / encoder.scale);
      if (encoder.missing) target[place + 1] = isMissing ? 1 : 0;
    } else if (encoder.kind === 'rank') {
      target[place] = isMissing ? 0 : rankOf(encoder.knots, value);
      if (encoder.missing) target[place + 1] = isMissing ? 1 : 0;
    } else if (encoder.kind === 'plain') {
      const held = Math.min(
        Math.max((value - encoder.centre) / encoder.scale, -furthestPlain),
        furthestPlain,
      );
      target[place] = isMissing ? 0 : held;
    } else if (encoder.kind === 'one-hot') {
      for (let i = 0; i < encoder.inputs; i += 1) target[place + i] = 0;
      const own = isMissing ? -1 : (encoder.place[value] ?? -1);
      if (own >= 0) target[place + own] = 1;
      if (encoder.missing) target[place + encoder.inputs] = isMissing ? 1 : 0;
    } else {
      const known = encoder.odds.length / encoder.inputs;
      const own = isMissing ? known - 1 : Math.min(value, known - 2);
      for (let i = 0; i < encoder.inputs; i += 1)
        target[place + i] = encoder.odds[own * encoder.inputs + i] ?? 0;
    }
    place += inputsOf(encoder);
  }
}

/** Almost the same near zero, never beyond the limit. Held first, so that its square stays finite. */
function drawnIn(value: number): number {
  const held = Math.min(Math.max(value, -1e9), 1e9);
  return held / Math.sqrt(1 + (held / furthestInput) ** 2);
}

/** Between the knots along straight lines, from -√3 to √3: as spread as a number of deviation 1. */
function rankOf(knots: Float64Array, value: number): number {
  const last = knots.length - 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (value >= (knots[middle] ?? 0)) low = middle;
    else high = middle;
  }
  const [from, to] = [knots[low] ?? 0, knots[high] ?? 0];
  const share = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return (((low + (to > from ? share : 0)) / last) * 2 - 1) * Math.sqrt(3);
}

/**
 * The encodings with which a model that leaves out a fold learns and answers. Odds are the one thing in them that
 * knows classes: a row is learned from with odds that neither its own fold nor the one left out has part in, or a
 * network would learn to trust what it will not have.
 */
export interface FoldInputs {
  readonly width: number;
  encode(row: number, target: Float32Array | Float64Array, start: number): void;
}

export function foldInputs(inputs: Inputs, table: LabelledTable, folds: Folds, leftOut: number): FoldInputs {
  const own = inputs.encoders.some(({ kind }) => kind === 'odds')
    ? Array.from({ length: folds.count }, (_, fold) => withoutFolds(inputs, table, folds, [leftOut, fold]))
    : undefined;
  return {
    width: inputs.width,
    encode(row, target, start) {
      writeInputs(own?.[folds.of[row] ?? 0] ?? inputs, table.values, row, target, start);
    },
  };
}

/** The encodings with which a model answers that leaves out a fold. */
export function inputsWithout(inputs: Inputs, table: LabelledTable, folds: Folds, leftOut: number): Inputs {
  return withoutFolds(inputs, table, folds, [leftOut]);
}

function withoutFolds(
  inputs: Inputs,
  table: LabelledTable,
  folds: Folds,
  without: readonly number[],
): Inputs {
  const encoders = inputs.encoders.map((encoder, index) => {
    const column = table.columns[index];
    if (encoder.kind !== 'odds' || column?.kind !== 'category') return encoder;
    const counts = countClasses(table, index, column.size, folds).filter(
      (_, fold) => !without.includes(fold),
    );
    const sum = new Float64Array((column.size + 2) * table.classCount);
    for (const one of counts) for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (one[i] ?? 0);
    return oddsOf(sum, table);
  });
  return { encoders, width: inputs.width };
}
