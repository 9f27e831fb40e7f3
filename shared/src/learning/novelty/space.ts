import { type LabelledTable, weightOf } from '../table.ts';

/**
 * How a column is measured. A number lies around its median in units of its spread, drawn in the more the further out it
 * is, but without an end; where some were missing, whether it is there is a label of its own. A category is a label.
 */
export type Measure =
  | {
      readonly kind: 'number';
      readonly centre: number;
      readonly scale: number;
      /** Between which coordinates its known values lie. */
      readonly low: number;
      readonly high: number;
      readonly missing: boolean;
    }
  /** `known` says of each code, then of what was never seen and of what is missing, whether some row has it. */
  | { readonly kind: 'category'; readonly known: Uint8Array };

export interface Space {
  readonly measures: readonly Measure[];
  readonly numbers: number;
  readonly width: number;
}

export interface MeasuredSpace {
  readonly space: Space;
  /** The same as each row would see it if it were not there itself: what only one row has is not known to it. */
  readonly withoutOne: Space;
}

/** Measures the rows that count. */
export function measureSpace(table: LabelledTable): MeasuredSpace {
  const rows = rowsThatCount(table);
  const measured = table.columns.map((column, index) => {
    const valueIn = (row: number): number => table.values[row * table.columns.length + index] ?? Number.NaN;
    return column.kind === 'number'
      ? measureNumber(Float64Array.from(rows, valueIn))
      : measureCategory(rows, valueIn, column.size);
  });
  return {
    space: spaceOf(measured.map(({ whole }) => whole)),
    withoutOne: spaceOf(measured.map(({ withoutOne }) => withoutOne)),
  };
}

export function rowsThatCount(table: LabelledTable): Uint32Array {
  return new Uint32Array(table.count).map((_, row) => row).filter(row => weightOf(table, row) > 0);
}

export function spaceOf(measures: readonly Measure[]): Space {
  const numbers = measures.filter(({ kind }) => kind === 'number').length;
  const labels = measures.filter(one => one.kind === 'category' || one.missing).length;
  return { measures, numbers, width: numbers + labels };
}

function measureNumber(values: Float64Array): { readonly whole: Measure; readonly withoutOne: Measure } {
  const sorted = values.filter(value => !Number.isNaN(value)).sort();
  const gaps = values.length - sorted.length;
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const spread = [
    [0.25, 0.75, 1.35],
    [0.1, 0.9, 2.56],
    [0.02, 0.98, 4.1],
    [0, 1, 4],
  ].map(([low = 0, high = 1, deviations = 1]) => at(high) / deviations - at(low) / deviations);
  const centre = at(0.5);
  // Where all values are the same, another one is as far away as its difference is large beside them.
  const scale = Math.min(spread.find(one => one > 0) ?? (Math.abs(centre) / 10 || 1), Number.MAX_VALUE);
  const coordinate = (place: number): number => draw((sorted[place] ?? centre) - centre, scale);
  const last = sorted.length - 1;
  const measure = { kind: 'number', centre, scale } as const;
  return {
    whole: { ...measure, low: coordinate(0), high: coordinate(last), missing: gaps > 0 },
    // Whether there is a label for what is missing must be the same in both.
    withoutOne: { ...measure, low: coordinate(1), high: coordinate(last - 1), missing: gaps > 0 },
  };
}

function measureCategory(rows: Uint32Array, valueIn: (row: number) => number, size: number) {
  const counts = new Uint32Array(size + 2);
  for (const row of rows) {
    const code = codeOf(valueIn(row), size);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const seen = (times: number): Measure => ({
    kind: 'category',
    known: Uint8Array.from(counts, count => (count >= times ? 1 : 0)),
  });
  return { whole: seen(1), withoutOne: seen(2) };
}

function codeOf(value: number, size: number): number {
  return Number.isNaN(value) ? size + 1 : Math.min(value, size);
}

const bend = 4;
const furthest = 1e9;

/** Almost the same near zero and a root far out: a long tail is no emptiness, and no value is infinitely far. */
function draw(difference: number, scale: number): number {
  const held = Math.min(Math.max(difference / scale, -furthest), furthest);
  return held / Math.sqrt(1 + Math.abs(held) / bend);
}

/** What is strange about one value alone. */
export interface Strangeness {
  /** How many values are of a kind that no row has. */
  unknown: number;
  /** The sum of squares of how far values lie beyond all known ones. */
  beyond: number;
}

/** Writes the place of a row to `target`, and what is strange about its values to `found`. */
export type Locate = (values: Float64Array, row: number, target: Float64Array, found: Strangeness) => void;

export function compileLocate({ measures, numbers }: Space): Locate {
  const width = measures.length;
  return (values, row, target, found) => {
    let number = 0;
    let label = numbers;
    found.unknown = 0;
    found.beyond = 0;
    for (let column = 0; column < width; column += 1) {
      const measure = measures[column];
      const value = values[row * width + column] ?? Number.NaN;
      if (measure === undefined) continue;
      if (measure.kind === 'category') {
        const code = codeOf(value, measure.known.length - 2);
        if (measure.known[code] !== 1) found.unknown += 1;
        target[label++] = code;
        continue;
      }
      const isMissing = Number.isNaN(value);
      const place = isMissing ? 0 : draw(value - measure.centre, measure.scale);
      target[number++] = place;
      if (measure.missing) target[label++] = isMissing ? 1 : 0;
      else if (isMissing) found.unknown += 1;
      const outside = isMissing ? 0 : Math.max(measure.low - place, place - measure.high, 0);
      found.beyond += outside * outside;
    }
  };
}
