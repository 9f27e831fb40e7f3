import { seededRandom, shuffle } from '../random.ts';
import { withoutSlips } from '../slips.ts';
import { classShares, type LabelledTable } from '../table.ts';
import {
  compileLocate,
  type MeasuredSpace,
  measureSpace,
  rowsThatCount,
  type Space,
  type Strangeness,
} from './space.ts';
import { compileSearch, mostVisited } from './tree.ts';

/** Some of the rows that a model has learned from, and how far from each other such rows usually are. */
export interface Novelty {
  readonly space: Space;
  /** The places of those rows, each in turn. */
  readonly places: Float32Array;
  /** The square of a distance that stands for one value of a kind that no row has. */
  readonly unknown: number;
  /** The square of a distance within which it does not matter how near exactly a row is: nine known rows in ten are. */
  readonly near: number;
  /** How far known rows lie from the nearest other one, ascending. */
  readonly distances: Float32Array;
  /** From which distance on a model's answers are drawn towards the shares of the classes. */
  readonly limit: number;
  /** The share of each class among the rows. */
  readonly shares: readonly number[];
}

/** What is said of rows, one number of each kind for each row. */
export interface Unlikeness {
  /** The share of known rows that are less unlike the others than this one is: from 0 up to, but hardly ever, 1. */
  readonly unlike: Float64Array;
  /** How much an answer is worth: 1 among known rows, towards 0 far away from everything. */
  readonly trust: Float64Array;
}

export type NoveltyScore = (rows: Float64Array) => Unlikeness;

const mostNumbers = 40_000;
const mostPlaces = 2_048;
/** So many rows say how far apart known rows are. */
const mostJudged = 2_048;
/** Of so many rows, those that lie furthest from all others are looked for. */
const mostSearched = 50_000;

/**
 * Learns what is known. A part of the places is drawn by chance; the others are those that lie furthest from these, so that
 * a few rows in a region of their own are known, too, however large the table. No row is measured by itself: how
 * far rows lie from all others is how far a row that is not among them would lie.
 */
export function fitNovelty(given: LabelledTable, seed: number): Novelty {
  const table = withoutSlips(given);
  const measured = measureSpace(table);
  const { space } = measured;
  const rows = shuffle(rowsThatCount(table), seededRandom(seed));
  const chosen = choosePlaces(table, space, rows);
  const places = placesOf(table, space, chosen);
  const { unknown, near, distances } = measureDistances(table, measured, rows, chosen, places);
  const at = (share: number): number => distances[Math.ceil((distances.length - 1) * share)] ?? 0;
  return {
    space,
    places,
    unknown,
    near,
    distances,
    // Beyond what known rows are apart, so that their answers stay as they are; but a single one far from all others must
    // not make a model sure of whatever lies between.
    limit: 1.5 * Math.min(at(1), 3 * at(0.99)) || 1,
    shares: [...classShares(table)],
  };
}

function choosePlaces(table: LabelledTable, space: Space, rows: Uint32Array): Uint32Array {
  const { width, numbers } = space;
  // Without a number there is nothing to halve the space by.
  const most =
    numbers === 0 ? mostVisited(width) : Math.min(mostPlaces, Math.max(256, Math.floor(mostNumbers / width)));
  if (rows.length <= most) return rows;
  const byChance = rows.subarray(0, most >>> 1);
  const others = rows.subarray(most >>> 1, mostSearched);
  const distanceOf = measureFrom(table, space, placesOf(table, space, byChance));
  const far = Float64Array.from(others, row => distanceOf(row, 0));
  const furthest = new Uint32Array(others.length)
    .map((_, i) => i)
    .sort((a, b) => (far[b] ?? 0) - (far[a] ?? 0) || a - b)
    .subarray(0, most - byChance.length)
    .map(i => others[i] ?? 0);
  return Uint32Array.from([...byChance, ...furthest]);
}

function placesOf({ values }: LabelledTable, space: Space, rows: Uint32Array): Float32Array {
  const locate = compileLocate(space);
  const place = new Float64Array(space.width);
  const found: Strangeness = { unknown: 0, beyond: 0 };
  const places = new Float32Array(rows.length * space.width);
  rows.forEach((row, to) => {
    locate(values, row, place, found);
    places.set(place, to * space.width);
  });
  return places;
}

function measureFrom({ values }: LabelledTable, space: Space, places: Float32Array) {
  const search = compileSearch({ ...space, values: places });
  const locate = compileLocate(space);
  const place = new Float64Array(space.width);
  const found: Strangeness = { unknown: 0, beyond: 0 };
  return (row: number, near: number, skip?: number): number => {
    locate(values, row, place, found);
    return search(place, near, skip);
  };
}

/** How far some rows lie from the nearest other one, and what a value of an unknown kind must count to stand out. */
function measureDistances(
  table: LabelledTable,
  { withoutOne }: MeasuredSpace,
  rows: Uint32Array,
  chosen: Uint32Array,
  places: Float32Array,
) {
  const { values } = table;
  const distanceOf = measureFrom(table, withoutOne, places);
  const locate = compileLocate(withoutOne);
  const own = new Map(Array.from(chosen, (row, place) => [row, place]));
  const place = new Float64Array(withoutOne.width);
  const judged = rows.subarray(0, mostJudged);
  const sorted = Float64Array.from(judged, row => finite(distanceOf(row, 0, own.get(row)))).sort();
  const at = (share: number): number => sorted[Math.ceil((sorted.length - 1) * share)] ?? 0;
  const [near, unknown] = [at(0.9), Math.max(at(0.99), 1)];
  // Measured as rows will be: the share of known rows below a distance holds for distances found in the same way.
  const distances = Float32Array.from(judged, row => {
    const found: Strangeness = { unknown: 0, beyond: 0 };
    locate(values, row, place, found);
    return Math.sqrt(finite(distanceOf(row, near, own.get(row))) + unknown * (found.unknown + found.beyond));
  });
  return { unknown, near, distances: distances.sort() };
}

/** A single row has no other to be far from. */
function finite(square: number): number {
  return Number.isFinite(square) ? square : 0;
}

/** Makes what was learned ready to say how unlike rows are, given as they are to a model. */
export function compileNovelty({ space, places, unknown, near, distances, limit }: Novelty): NoveltyScore {
  const search = compileSearch({ ...space, values: places });
  const locate = compileLocate(space);
  const columns = space.measures.length;
  const place = new Float64Array(space.width);
  const found: Strangeness = { unknown: 0, beyond: 0 };
  return rows => {
    const count = rows.length / columns;
    const unlike = new Float64Array(count);
    const trust = new Float64Array(count);
    for (let row = 0; row < count; row += 1) {
      locate(rows, row, place, found);
      const distance = Math.sqrt(search(place, near) + unknown * (found.unknown + found.beyond));
      unlike[row] = shareBelow(distances, distance);
      trust[row] = distance <= limit ? 1 : (limit / distance) ** 2;
    }
    return { unlike, trust };
  };
}

/** Beyond the furthest known row it still rises, so that what is stranger comes first. */
function shareBelow(distances: Float32Array, distance: number): number {
  const most = distances[distances.length - 1] ?? 0;
  if (distance > most) return 1 - (most / distance) ** 2 / (distances.length + 1);
  let low = 0;
  let high = distances.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((distances[middle] ?? 0) < distance) low = middle + 1;
    else high = middle;
  }
  return low / (distances.length + 1);
}
