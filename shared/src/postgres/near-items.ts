import type { DataSet } from '../data-set/declaration.ts';
import type { OwnRows } from './own-rows.ts';

// Whether two items are all but the same. Numbers are compared by how they are spread over the data set's own rows: two
// that differ by less than this share of the spread in every feature are near each other. Far outside of the spread the
// measure grows with the distance, as it does for whoever learns from it. Categories and missing values must be the same.

const near = 0.001;

/** How the numbers of a feature are spread; nothing where they are not compared by distance. */
interface Spread {
  readonly middle: number;
  readonly width: number;
}

/** Items among which one that is near to another is looked for. */
export class NearItems<Item> {
  readonly #spreads: readonly (Spread | undefined)[];
  readonly #weights: readonly (readonly number[])[];
  readonly #known = new Map<string, { readonly place: Float64Array; readonly item: Item }[]>();

  constructor(dataSet: DataSet, own: Pick<OwnRows, 'count' | 'features'>) {
    this.#spreads = dataSet.features.map((_, column) => spreadOf(dataSet, own, column));
    this.#weights = [1, 2].map(axis => weightsOf(dataSet.features.length, axis));
  }

  /** The item that was added first of those near to these features; else the item that is made now. */
  findOrAdd(features: Float64Array, make: () => Item): Item {
    const place = this.#placeOf(features);
    const kind = this.#kindOf(features);
    const [first = 0, second = 0] = this.#weights.map(weights => project(place, weights));
    for (const one of [first, first - 1, first + 1]) {
      for (const other of [second, second - 1, second + 1]) {
        const found = this.#known.get(`${kind} ${one} ${other}`)?.find(known => isNear(known.place, place));
        if (found) return found.item;
      }
    }
    const item = make();
    const key = `${kind} ${first} ${second}`;
    const cell = this.#known.get(key);
    if (cell) cell.push({ place, item });
    else this.#known.set(key, [{ place, item }]);
    return item;
  }

  /** What must be the same: a number that is compared by distance says only whether it is there. */
  #kindOf(features: Float64Array): string {
    return this.#spreads
      .map((spread, column) => (spread && !Number.isNaN(features[column]) ? '' : features[column]))
      .join();
  }

  /** By what two items of one kind are compared, in units of what is near. */
  #placeOf(features: Float64Array): Float64Array {
    return features.map((value, column) => {
      const spread = this.#spreads[column];
      if (!spread || Number.isNaN(value)) return 0;
      return squash((value - spread.middle) / spread.width) / near;
    });
  }
}

function squash(value: number): number {
  const size = Math.abs(value);
  return size <= 1 ? value : Math.sign(value) * (1 + Math.log(size));
}

function isNear(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, column) => Math.abs(value - (other[column] ?? 0)) <= 1);
}

/** Two items that are near each other are at most one apart on such an axis, since its weights add up to one. */
function project(place: Float64Array, weights: readonly number[]): number {
  return Math.floor(place.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0));
}

function weightsOf(columns: number, axis: number): readonly number[] {
  const raw = Array.from({ length: columns }, (_, column) => Math.sin(1 + axis * (column + 1) * 1.7));
  const sum = raw.reduce((total, weight) => total + Math.abs(weight), 0);
  return raw.map(weight => weight / sum);
}

const rowsToMeasure = 2_000;
const fewestToMeasure = 20;

/** From the lowest tenth to the highest; by the declaration where there are too few rows to tell. */
function spreadOf(
  { features }: DataSet,
  own: Pick<OwnRows, 'count' | 'features'>,
  column: number,
): Spread | undefined {
  const feature = features[column];
  if (feature?.kind !== 'number') return undefined;
  const count = Math.min(rowsToMeasure, own.count);
  const values = Float64Array.from(
    { length: count },
    (_, row) => own.features[row * features.length + column] ?? 0,
  )
    .filter(value => !Number.isNaN(value))
    .sort();
  const { min = 0, max = 0 } = feature;
  const at = (share: number) => values[Math.floor(share * (values.length - 1))] ?? 0;
  const [low, middle, high] =
    values.length < fewestToMeasure ? [min, min / 2 + max / 2, max] : [at(0.1), at(0.5), at(0.9)];
  const width = high - low;
  return width > 0 && Number.isFinite(width) ? { middle, width } : undefined;
}
