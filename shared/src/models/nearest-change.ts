import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature, NumberFeature } from '../data-set/declaration.ts';
import { encodeRow, fitsFeature, type Row, type Value } from '../data-set/row.ts';
import { calledClass } from '../learning/metrics.ts';
import type { Explainer } from './explain.ts';

/** The smallest change of one feature that makes another answer of a row. */
export interface NearestChange {
  readonly column: string;
  readonly value: Value;
  /** On which side of the value the answer is the other; for numbers alone. */
  readonly direction?: 'above' | 'below';
  readonly label: string;
}

/** So many values are tried of each number, from one end of what is known to the other. */
const steps = 48;
const halvings = 12;
/** A category is as far from another as half of all numbers that are known of a feature are from each other. */
const distanceOfKinds = 0.5;

interface Candidate {
  readonly place: number;
  readonly encoded: number;
  readonly distance: number;
}

interface Search {
  readonly dataSet: DataSet;
  readonly row: Row;
  /** The class that the row is called with another value in one place. */
  readonly called: (candidates: readonly Candidate[]) => readonly number[];
  readonly before: number;
}

/** Looks at every feature within what is known of it; nothing where no single one turns the answer over. */
export function findNearestChange(dataSet: DataSet, model: Explainer, row: Row): NearestChange | undefined {
  const encoded = encodeRow(dataSet, row);
  const names = classNames(dataSet);
  const called = (candidates: readonly Candidate[]): readonly number[] => {
    const rows = new Float64Array(candidates.length * encoded.length);
    candidates.forEach(({ place, encoded: value }, i) => {
      rows.set(encoded, i * encoded.length);
      rows[i * encoded.length + place] = value;
    });
    const probabilities = model.probabilities(rows);
    return candidates.map((_, i) => calledClass(probabilities, i, names.length));
  };
  const before = calledClass(model.probabilities(encoded), 0, names.length);
  const candidates = dataSet.features.flatMap((feature, place) =>
    candidatesOf(feature, place, encoded[place] ?? Number.NaN, model.background),
  );
  const classes = called(candidates);
  const [nearest] = candidates
    .filter((_, i) => classes[i] !== before)
    .toSorted((a, b) => a.distance - b.distance);
  if (!nearest) return undefined;
  return describe({ dataSet, row, called, before }, nearest, names);
}

function candidatesOf(
  feature: Feature,
  place: number,
  now: number,
  background: Explainer['background'],
): readonly Candidate[] {
  if (feature.kind !== 'number') {
    const count = feature.kind === 'category' ? feature.categories.length : 2;
    return Array.from({ length: count }, (_, encoded) => ({
      place,
      encoded,
      distance: distanceOfKinds,
    })).filter(({ encoded }) => encoded !== now);
  }
  // From a missing value no number is far or near.
  if (Number.isNaN(now)) return [];
  const seen = (background ?? []).flatMap(row => row[place] ?? []);
  const least = feature.min ?? Math.min(...seen);
  const most = feature.max ?? Math.max(...seen);
  if (!(most > least)) return [];
  return Array.from({ length: steps + 1 }, (_, step) => {
    const value = least + ((most - least) * step) / steps;
    const encoded = feature.integer ? Math.round(value) : value;
    return { place, encoded, distance: Math.abs(encoded - now) / (most - least) };
  }).filter(({ encoded }) => encoded !== now && fitsFeature(feature, encoded));
}

function describe(search: Search, nearest: Candidate, names: readonly string[]): NearestChange | undefined {
  const { dataSet, row, called } = search;
  const feature = dataSet.features[nearest.place];
  if (!feature) return undefined;
  const { column } = feature;
  if (feature.kind !== 'number') {
    const value =
      feature.kind === 'category' ? (feature.categories[nearest.encoded] ?? null) : nearest.encoded === 1;
    return { column, value, label: names[called([nearest])[0] ?? 0] ?? '' };
  }
  const now = row[nearest.place];
  if (typeof now !== 'number') return undefined;
  const turned = rounded(search, narrow(search, nearest, now, feature.integer), now, feature);
  return {
    column,
    value: turned.encoded,
    direction: turned.encoded > now ? 'above' : 'below',
    label: names[called([turned])[0] ?? 0] ?? '',
  };
}

/** Halves the way between the value as it is and one that turns the answer over. */
function narrow({ called, before }: Search, found: Candidate, now: number, integer: boolean): Candidate {
  let [near, far] = [now, found.encoded];
  for (let round = 0; round < halvings; round += 1) {
    const middle = integer ? Math.round(near / 2 + far / 2) : near / 2 + far / 2;
    if (middle === near || middle === far) break;
    if (called([{ ...found, encoded: middle }])[0] === before) near = middle;
    else far = middle;
  }
  return { ...found, encoded: far };
}

/** With as few digits as the answer still turns over with, so that people can read it. */
function rounded(
  { called, before }: Search,
  found: Candidate,
  now: number,
  feature: NumberFeature,
): Candidate {
  if (feature.integer) return found;
  const way = found.encoded - now;
  for (let digits = 0; digits <= 6; digits += 1) {
    const scale = 10 ** digits;
    const outwards = way > 0 ? Math.ceil(found.encoded * scale) : Math.floor(found.encoded * scale);
    const candidate = { ...found, encoded: outwards / scale + 0 };
    const isClose = Math.abs(candidate.encoded - found.encoded) <= Math.abs(way) * 0.05;
    if (!isClose || !fitsFeature(feature, candidate.encoded)) continue;
    if (called([candidate])[0] !== before) return candidate;
  }
  return found;
}
