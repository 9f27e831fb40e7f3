import { type CategoryFeature, type DataSet, type Feature, neverSeen } from './declaration.ts';
import { didYouMean } from './nearest.ts';
import { perDataSet } from './per-data-set.ts';

export type Value = number | string | boolean | null;
/** The values of one item, in the order of the features; null is a value that is missing. */
export type Row = readonly Value[];

export interface RowProblem {
  /** Which feature it is about; -1 where it is the row as a whole. */
  readonly feature: number;
  readonly message: string;
}

/** What a category may be at most, and so what tables and keys must be able to hold. */
const longestCategory = 200;

/** Makes nothing on the way: every row of every message passes here. */
export function isRow({ features }: DataSet, value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== features.length) return false;
  for (let i = 0; i < features.length; i += 1) {
    const feature = features[i];
    if (feature === undefined || !fitsFeature(feature, value[i])) return false;
  }
  return true;
}

export function fitsFeature(feature: Feature, value: unknown): boolean {
  if (value === null) return feature.missing;
  switch (feature.kind) {
    case 'number':
      return (
        typeof value === 'number' &&
        Number.isFinite(value) &&
        (!feature.integer || Number.isInteger(value)) &&
        (!feature.strict || isWithin(feature, value))
      );
    case 'category':
      return (
        typeof value === 'string' &&
        (codesOf(feature).has(value) || (feature.unknown === 'accept' && isStorable(value)))
      );
    case 'yes-no':
      return typeof value === 'boolean';
  }
}

function isWithin({ min, max }: { readonly min?: number; readonly max?: number }, value: number): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** PostgreSQL cannot store U+0000, and a lone surrogate would come back as another character. */
function isStorable(text: string): boolean {
  return (
    text.trim() !== '' && text.length <= longestCategory && !text.includes('\u0000') && text.isWellFormed()
  );
}

const codes = new WeakMap<CategoryFeature, ReadonlyMap<string, number>>();

function codesOf(feature: CategoryFeature): ReadonlyMap<string, number> {
  let known = codes.get(feature);
  if (!known) {
    known = new Map(feature.categories.map((category, code) => [category, code]));
    codes.set(feature, known);
  }
  return known;
}

/** Whether a value itself is told to whoever sent it, or only what is wrong with it: what is logged must not hold it. */
export type Quoting = 'with value' | 'without value';

/** Why a value is no row; undefined if it is one. */
export function explainRow(
  { features }: DataSet,
  value: unknown,
  quoting: Quoting = 'with value',
): RowProblem | undefined {
  const names = features.map(({ name }) => name);
  const order = names.length <= 8 ? `: ${names.join(', ')}` : '';
  if (!Array.isArray(value))
    return { feature: -1, message: `A row is a list of ${names.length} values${order}.` };
  if (value.length !== names.length) {
    const message = `A row has ${counted(names.length)}${order}. This one has ${value.length}.`;
    return { feature: -1, message };
  }
  const wrong = features.findIndex((feature, i) => !fitsFeature(feature, value[i]));
  const feature = features[wrong];
  return feature && { feature: wrong, message: explainValue(feature, value[wrong], quoting) };
}

function counted(count: number): string {
  return count === 1 ? 'one value' : `${count} values`;
}

/** Why a value does not fit a feature, by the feature's name and with what would fit. */
export function explainValue(feature: Feature, value: unknown, quoting: Quoting = 'with value'): string {
  const { name } = feature;
  const isQuoted = quoting === 'with value';
  if (value === null || value === undefined) return `${name} is missing: it needs ${wanted(feature)}.`;
  const given =
    typeof value === 'string' ? `"${shortened(value)}"` : shortened(JSON.stringify(value) ?? typeof value);
  if (feature.kind === 'number' && typeof value === 'number' && Number.isFinite(value)) {
    const found = isQuoted ? `${name} is ${value}` : name;
    return feature.integer && !Number.isInteger(value)
      ? `${isQuoted ? `${found}, which` : found} is no whole number.`
      : `${found}: it must be ${rangeOf(feature)}.`;
  }
  const found = isQuoted ? `${name} is ${given}` : name;
  if (feature.kind === 'category' && typeof value === 'string') {
    if (feature.unknown === 'accept') return `${found}: it needs 1 to ${longestCategory} characters.`;
    const known = didYouMean(value, feature.categories) || ` It is one of ${listed(feature.categories)}.`;
    return `${isQuoted ? `${found}, which` : found} is none of its categories.${known}`;
  }
  return `${found}: it needs ${wanted(feature)}${feature.missing ? ', or null where it is missing' : ''}.`;
}

function wanted(feature: Feature): string {
  switch (feature.kind) {
    case 'number':
      return feature.integer ? 'a whole number' : 'a number';
    case 'category':
      return feature.unknown === 'accept' ? 'a text' : `one of ${listed(feature.categories)}`;
    case 'yes-no':
      return 'true or false';
  }
}

function listed(words: readonly string[]): string {
  return words.length <= 8
    ? words.join(', ')
    : `${words.slice(0, 8).join(', ')} and ${words.length - 8} more`;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function rangeOf({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}

/** The features whose values lie beyond what the declaration expects, each in a sentence. */
export function outOfRange({ features }: DataSet, row: Row): RowProblem[] {
  return features.flatMap((feature, i) => {
    const value = row[i];
    if (feature.kind !== 'number' || typeof value !== 'number' || isWithin(feature, value)) return [];
    return [{ feature: i, message: `${feature.name} is ${value}: ${rangeOf(feature)} is expected.` }];
  });
}

/** How many rows have a value beyond what the declaration expects. */
export function countOutOfRange({ features }: DataSet, rows: readonly Row[]): number {
  const limited = features.flatMap((feature, place) =>
    feature.kind === 'number' && (feature.min ?? feature.max) !== undefined ? [{ feature, place }] : [],
  );
  let count = 0;
  for (const row of rows) {
    const isBeyond = limited.some(({ feature, place }) => {
      const value = row[place];
      return typeof value === 'number' && !isWithin(feature, value);
    });
    if (isBeyond) count += 1;
  }
  return count;
}

/** A row from values by name or by column. What is not there is missing. What has no feature is a problem. */
export function rowFromNamed(
  dataSet: DataSet,
  named: Readonly<Record<string, unknown>>,
  quoting: Quoting = 'with value',
):
  | { readonly row: Row; readonly problem?: undefined }
  | { readonly row?: undefined; readonly problem: RowProblem } {
  const { features } = dataSet;
  const places = placesOf(dataSet);
  const values: unknown[] = features.map(() => null);
  for (const [key, value] of Object.entries(named)) {
    const place = places.get(key);
    if (place === undefined) {
      const names = features.map(({ name }) => name);
      const known = didYouMean(key, places.keys()) || ` There is ${listed(names)}.`;
      return { problem: { feature: -1, message: `"${shortened(key)}" is no feature.${known}` } };
    }
    values[place] = value ?? null;
  }
  if (isRow(dataSet, values)) return { row: values };
  return { problem: explainRow(dataSet, values, quoting) ?? { feature: -1, message: 'This is no row.' } };
}

const placesOf = perDataSet(
  ({ features }): ReadonlyMap<string, number> =>
    new Map([
      ...features.map(({ name }, i): [string, number] => [name, i]),
      ...features.map(({ column }, i): [string, number] => [column, i]),
    ]),
);

/** The row of the features' examples, to show and to try something with. */
export function exampleRow({ features }: DataSet): Row {
  return features.map(({ example }) => example);
}

/** The same row by the names of its columns. */
export function namedFromRow({ features }: DataSet, row: Row): Record<string, Value> {
  return Object.fromEntries(features.map(({ column }, i) => [column, row[i] ?? null]));
}

// What learners see: numbers only. A number is itself, a category its code, one that was never seen the code after the
// last, yes 1 and no 0, and a missing value NaN.

export type LearnerColumn =
  | { readonly kind: 'number' }
  /** Codes run from 0 to size - 1, and `size` is what was never seen. */
  | { readonly kind: 'category'; readonly size: number };

export function columnsOf({ features }: DataSet): LearnerColumn[] {
  return features.map(feature =>
    feature.kind === 'category' ? { kind: 'category', size: feature.categories.length } : { kind: 'number' },
  );
}

export function encodeRow(dataSet: DataSet, row: Row): Float64Array {
  return encodeRows(dataSet, [row]);
}

/** All rows, one after another. */
export function encodeRows({ features }: DataSet, rows: readonly Row[]): Float64Array {
  const encoded = new Float64Array(rows.length * features.length);
  let at = 0;
  for (const row of rows) {
    for (let i = 0; i < features.length; i += 1) {
      const feature = features[i];
      if (feature) encoded[at] = encodeValue(feature, row[i] ?? null);
      at += 1;
    }
  }
  return encoded;
}

function encodeValue(feature: Feature, value: Value): number {
  // Adding 0 turns -0 into 0.
  if (typeof value === 'number') return value + 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || feature.kind !== 'category') return Number.NaN;
  return codesOf(feature).get(value) ?? feature.categories.length;
}

/** The row that was encoded. A category that was never seen comes back under the name of all such. */
export function decodeRow({ features }: DataSet, encoded: ArrayLike<number>): Row {
  return features.map((feature, i) => decodeValue(feature, encoded[i] ?? Number.NaN));
}

function decodeValue(feature: Feature, value: number): Value {
  if (Number.isNaN(value)) return null;
  if (feature.kind === 'number') return value;
  return feature.kind === 'yes-no' ? value === 1 : (feature.categories[value] ?? neverSeen);
}
