import type { DataSet } from '../data-set/declaration.ts';

// Principal components: the two directions in which rows are spread furthest, numbers counted in standard deviations,
// categories as one number each, a value that is missing as the mean.

export type Point = readonly [x: number, y: number];

/** A way to lay rows out in two dimensions. */
export interface Projection {
  /** Where rows lie: x and y of one after another. */
  places(values: Float64Array): Float64Array;
  /** Writes into `row`, which lies at the one place, what it would be at the other. */
  move(row: Float64Array, from: Point, to: Point): void;
}

/** So many values are enough to find the directions. */
const mostValues = 2_000_000;
/** Each round brings the direction nearer to the one that is spread furthest. */
const rounds = 40;
/** Of a feature with more, the others do not count. */
const mostCategories = 30;

/** A number in which rows differ: a feature's own, or whether its category is this one. */
interface Part {
  readonly feature: number;
  readonly category: number | undefined;
  readonly mean: number;
  readonly deviation: number;
}

/** Lays rows out by the two directions in which they are spread furthest. */
export function project(dataSet: DataSet, values: Float64Array): Projection {
  const width = dataSet.features.length;
  const parts = partsOf(dataSet, values);
  const sample = sampleOf(values, width, Math.max(2, Math.floor(mostValues / parts.length)));
  const rows = standardized(sample, width, parts);
  const first = direction(rows, parts.length, []);
  const second = direction(rows, parts.length, [first]);
  const both = [first, second] as const;
  return {
    places: all => {
      const count = all.length / width;
      const places = new Float64Array(2 * count);
      for (let row = 0; row < count; row += 1) {
        parts.forEach((part, at) => {
          const value = standardValue(all, row * width, part);
          places[2 * row] = (places[2 * row] ?? 0) + value * (first[at] ?? 0);
          places[2 * row + 1] = (places[2 * row + 1] ?? 0) + value * (second[at] ?? 0);
        });
      }
      return places;
    },
    move: (row, from, to) => moveNumbers(row, parts, both, [to[0] - from[0], to[1] - from[1]]),
  };
}

/** Only numbers can move; what is missing stays so. */
function moveNumbers(
  row: Float64Array,
  parts: readonly Part[],
  [first, second]: readonly [Float64Array, Float64Array],
  [x, y]: Point,
): void {
  parts.forEach(({ feature, category, deviation }, at) => {
    if (category !== undefined) return;
    row[feature] = (row[feature] ?? 0) + deviation * (x * (first[at] ?? 0) + y * (second[at] ?? 0));
  });
}

function partsOf({ features }: DataSet, values: Float64Array): readonly Part[] {
  const width = features.length;
  return features.flatMap((feature, place): Part[] => {
    if (feature.kind === 'category') {
      const codes = Array.from({ length: Math.min(mostCategories, feature.categories.length) }, (_, i) => i);
      return codes.flatMap(category => partOf(values, width, place, category));
    }
    return partOf(values, width, place, undefined);
  });
}

/** Nothing where all rows have the same value. */
function partOf(values: Float64Array, width: number, feature: number, category: number | undefined): Part[] {
  let [count, mean, squares] = [0, 0, 0];
  for (let at = feature; at < values.length; at += width) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const number = category === undefined ? value : Number(value === category);
    count += 1;
    const away = number - mean;
    mean += away / count;
    squares += away * (number - mean);
  }
  const deviation = count > 1 ? Math.sqrt(squares / count) : 0;
  return deviation > 0 ? [{ feature, category, mean, deviation }] : [];
}

/** Half of what a number counts for a category: its parts go together. */
const weightOfCategory = Math.SQRT1_2;

function standardValue(values: Float64Array, row: number, part: Part): number {
  const value = values[row + part.feature] ?? Number.NaN;
  if (Number.isNaN(value)) return 0;
  if (part.category === undefined) return (value - part.mean) / part.deviation;
  return ((Number(value === part.category) - part.mean) / part.deviation) * weightOfCategory;
}

/** Every so many rows. */
function sampleOf(values: Float64Array, width: number, most: number): Float64Array {
  const count = values.length / width;
  const step = Math.max(1, Math.ceil(count / most));
  const rows = Math.ceil(count / step);
  const sample = new Float64Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    sample.set(values.subarray(row * step * width, (row * step + 1) * width), row * width);
  }
  return sample;
}

function standardized(values: Float64Array, width: number, parts: readonly Part[]): Float64Array {
  const count = values.length / width;
  const rows = new Float64Array(count * parts.length);
  for (let row = 0; row < count; row += 1) {
    parts.forEach((part, at) => {
      rows[row * parts.length + at] = standardValue(values, row * width, part);
    });
  }
  return rows;
}

/** By power iteration, always from the same start: apart from directions that have been found already. */
function direction(rows: Float64Array, width: number, found: readonly Float64Array[]): Float64Array {
  let vector: Float64Array = Float64Array.from({ length: width }, (_, at) => 1 + (at % 7) / 7);
  for (let round = 0; round < rounds; round += 1)
    vector = normalized(apart(spreadAlong(rows, vector), found));
  // Of the two ways along it, that in which the largest part is positive.
  const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? vector.map(value => -value) : vector;
}

function spreadAlong(rows: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  const sum = new Float64Array(width);
  for (let row = 0; row < rows.length; row += width) {
    let along = 0;
    for (let at = 0; at < width; at += 1) along += (rows[row + at] ?? 0) * (vector[at] ?? 0);
    for (let at = 0; at < width; at += 1) sum[at] = (sum[at] ?? 0) + along * (rows[row + at] ?? 0);
  }
  return sum;
}

function apart(vector: Float64Array, found: readonly Float64Array[]): Float64Array {
  return found.reduce((rest, other) => {
    const shared = rest.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    return rest.map((value, at) => value - shared * (other[at] ?? 0));
  }, vector);
}

function normalized(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map(value => value / length) : vector;
}
