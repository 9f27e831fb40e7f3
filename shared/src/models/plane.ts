import type { DataSet, Feature } from '../data-set/declaration.ts';
import { type Projection, project } from './projection.ts';

/** What lies along one side of a map. */
export interface PlaneAxis {
  /** The feature's column; null where the side is no single feature. */
  readonly column: string | null;
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Of a category: what lies at 0, 1, 2 and so on. */
  readonly categories?: readonly string[] | undefined;
  /** Where items lie whose value is missing. */
  readonly missing_at?: number | undefined;
}

/** A way to lay items out, and what lies along its sides. */
export interface Plane extends Projection {
  readonly x: PlaneAxis;
  readonly y: PlaneAxis;
}

/** The plane of two features. `values` are the rows that it must have room for. */
export function planeOfFeatures(
  dataSet: DataSet,
  [x, y]: readonly [number, number],
  values: Float64Array,
): Plane {
  const width = dataSet.features.length;
  const sides = [sideOf(dataSet, x, values), sideOf(dataSet, y, values)] as const;
  return {
    x: sides[0].axis,
    y: sides[1].axis,
    places: rows => {
      const places = new Float64Array((rows.length / width) * 2);
      for (let row = 0; row < rows.length / width; row += 1) {
        places[2 * row] = sides[0].placeOf(rows[row * width + x] ?? Number.NaN, row);
        places[2 * row + 1] = sides[1].placeOf(rows[row * width + y] ?? Number.NaN, row * 7 + 3);
      }
      return places;
    },
    move: (row, _from, to) => {
      row[x] = sides[0].valueAt(to[0]);
      row[y] = sides[1].valueAt(to[1]);
    },
  };
}

/** The plane in which the items are spread furthest (principal components of the features). */
export function planeOfAll(dataSet: DataSet, values: Float64Array): Plane {
  const projection = project(dataSet, values);
  const places = projection.places(values);
  const axis = (side: 0 | 1): PlaneAxis => ({
    column: null,
    name: side === 0 ? 'most spread' : 'next most spread',
    ...withRoom(places.filter((_, i) => i % 2 === side)),
  });
  return { x: axis(0), y: axis(1), places: projection.places, move: projection.move };
}

interface Side {
  readonly axis: PlaneAxis;
  placeOf(value: number, row: number): number;
  valueAt(place: number): number;
}

/** Where a number is missing, it lies so far beside the least one, as a share of all that is between least and most. */
const besideShare = 0.08;

function sideOf({ features }: DataSet, place: number, values: Float64Array): Side {
  const feature = features[place];
  if (!feature) throw new RangeError(`There is no feature ${place}.`);
  const width = features.length;
  const column = Float64Array.from(
    { length: values.length / width },
    (_, row) => values[row * width + place] ?? Number.NaN,
  );
  return feature.kind === 'number' ? numberSide(feature, column) : kindSide(feature);
}

function numberSide({ column, name, missing }: Feature, values: Float64Array): Side {
  const { low, high } = withRoom(values.filter(Number.isFinite));
  const missingAt = low - besideShare * (high - low);
  return {
    axis: { column, name, low: missing ? missingAt : low, high, ...(missing && { missing_at: missingAt }) },
    placeOf: value => (Number.isNaN(value) ? missingAt : value),
    valueAt: at => (missing && at < (low + missingAt) / 2 ? Number.NaN : at),
  };
}

/** Categories lie beside each other in their order, what is missing before the first and what was never seen behind the last. */
function kindSide(feature: Exclude<Feature, { kind: 'number' }>): Side {
  const { column, name, missing } = feature;
  const categories = feature.kind === 'category' ? feature.categories : ['no', 'yes'];
  const last =
    feature.kind === 'category' && feature.unknown === 'accept' ? categories.length : categories.length - 1;
  const first = missing ? -1 : 0;
  return {
    axis: {
      column,
      name,
      low: first - 0.5,
      high: last + 0.5,
      categories,
      ...(missing && { missing_at: -1 }),
    },
    placeOf: (value, row) => (Number.isNaN(value) ? -1 : value) + scatter(row),
    valueAt: at => {
      const code = Math.min(last, Math.max(first, Math.round(at)));
      return code < 0 ? Number.NaN : code;
    },
  };
}

/** Items of one category would lie on each other: each is moved a little, always by as much. */
function scatter(row: number): number {
  const share = (Math.imul(row + 1, 2_654_435_761) >>> 0) / 2 ** 32;
  return (share - 0.5) * 0.7;
}

/** From the least to the most, with a little room; whatever lies far outside of the middle is left at the rim. */
function withRoom(values: Float64Array): { readonly low: number; readonly high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const sorted = values.toSorted();
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const middle = at(0.99) - at(0.01);
  const low = Math.max(at(0), at(0.01) - middle * 0.5);
  const high = Math.min(at(1), at(0.99) + middle * 0.5);
  const room = (high - low) * 0.04 || 0.5;
  return { low: low - room, high: high + room };
}
