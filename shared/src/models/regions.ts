import { setImmediate } from 'node:timers/promises';
import { calledClass } from '../learning/metrics.ts';
import type { Classifier } from '../learning/model.ts';
import type { Plane } from './plane.ts';

/** What a model says all over a plane. */
export interface MapRegions {
  readonly columns: number;
  readonly rows: number;
  /** The number of the class for each field, row after row from the low end of y. */
  readonly classes: readonly number[];
  /** How sure the model is of it, in hundredths. */
  readonly sure: readonly number[];
}

/** Items that are known, and where they lie. */
export interface MappedItems {
  readonly values: Float64Array;
  readonly places: Float64Array;
}

const columns = 64;
const rows = 48;
/** A field shows what the model says of so many items, were they moved there. */
const neighbours = 3;
/** So many rows are answered at once; then others have a turn. */
const portion = 1_024;

/**
 * A map shows two dimensions, and a model needs all features: each field takes the rest from the known items that lie
 * nearest, moves them there, and shows what the model says of them on average.
 */
export async function regionsOf(
  model: Pick<Classifier, 'probabilities'>,
  plane: Plane,
  known: MappedItems,
  classCount: number,
): Promise<MapRegions> {
  const width = known.values.length / Math.max(1, known.places.length / 2);
  const fields = Array.from({ length: columns * rows }, (_, field) => centreOf(field, plane));
  const near = fields.map(field => nearest(field, plane, known.places));
  const asked = near.flatMap((items, field) => items.map(item => ({ item, field })));
  const sums = new Float64Array(fields.length * classCount);
  for (let at = 0; at < asked.length; at += portion) {
    const some = asked.slice(at, at + portion);
    await setImmediate();
    const moved = new Float64Array(some.length * width);
    some.forEach(({ item, field }, i) => {
      const row = moved.subarray(i * width, (i + 1) * width);
      row.set(known.values.subarray(item * width, (item + 1) * width));
      const from = [known.places[2 * item] ?? 0, known.places[2 * item + 1] ?? 0] as const;
      plane.move(row, from, fields[field] ?? from);
    });
    const probabilities = model.probabilities(moved);
    some.forEach(({ field }, i) => {
      for (let label = 0; label < classCount; label += 1) {
        const place = field * classCount + label;
        sums[place] = (sums[place] ?? 0) + (probabilities[i * classCount + label] ?? 0);
      }
    });
  }
  const classes = fields.map((_, field) => calledClass(sums, field, classCount));
  const sure = classes.map((label, field) =>
    Math.round((100 * (sums[field * classCount + label] ?? 0)) / Math.max(1, near[field]?.length ?? 1)),
  );
  return { columns, rows, classes, sure };
}

function centreOf(field: number, { x, y }: Plane): readonly [number, number] {
  const [column, row] = [field % columns, Math.floor(field / columns)];
  return [
    x.low + ((column + 0.5) / columns) * (x.high - x.low),
    y.low + ((row + 0.5) / rows) * (y.high - y.low),
  ];
}

/** The numbers of the nearest known items; both sides of the map count as equally long. */
function nearest([x, y]: readonly [number, number], plane: Plane, places: Float64Array): readonly number[] {
  const [wide, high] = [plane.x.high - plane.x.low, plane.y.high - plane.y.low];
  const found: { item: number; distance: number }[] = [];
  for (let item = 0; 2 * item < places.length; item += 1) {
    const distance =
      (((places[2 * item] ?? 0) - x) / wide) ** 2 + (((places[2 * item + 1] ?? 0) - y) / high) ** 2;
    if (found.length === neighbours && distance >= (found.at(-1)?.distance ?? 0)) continue;
    found.push({ item, distance });
    found.sort((a, b) => a.distance - b.distance);
    if (found.length > neighbours) found.pop();
  }
  return found.map(({ item }) => item);
}
