import { alike, neverSeen } from './declaration.ts';
import type { WrittenDeclaration, WrittenFeature } from './declaration-schema.ts';
import { didYouMean } from './nearest.ts';

export type KeyPath = readonly (string | number)[];

export interface DeclarationProblem {
  /** The keys and numbers that lead to it: `['features', 3, 'kind']`. */
  readonly place: KeyPath;
  readonly message: string;
}

/** What single fields cannot tell: names that stand twice, ranges that are none, examples that do not fit. */
export function* contradictions({ features, label }: WrittenDeclaration): Generator<DeclarationProblem> {
  const at = (key: string) => (i: number) => ['features', i, key];
  const headers = features.map(feature => feature.csv ?? feature.name);
  yield* doubles(
    features.map(feature => feature.name),
    at('name'),
  );
  yield* doubles(
    features.map(feature => feature.column),
    at('column'),
  );
  if (features.some(feature => feature.csv !== undefined)) yield* doubles(headers, at('csv'));
  yield* strangersNames(features);
  yield* formerNames(features, at('was'));
  yield* doubles(
    label.classes.map(one => one.name),
    i => ['label', 'classes', i],
  );
  yield* formerNames(label.classes, i => ['label', 'classes', i, 'was']);
  yield* doubles(
    label.classes.map(one => one.csv ?? one.name),
    i => ['label', 'classes', i, 'csv'],
  );
  const asLabel = headers.findIndex(header => alike(header) === alike(label.csv ?? label.name));
  if (asLabel >= 0)
    yield {
      place: ['features', asLabel],
      message: 'is the label itself: a feature must not tell the answer',
    };
  for (const [i, feature] of features.entries()) yield* featureContradictions(feature, i);
  yield* tooWide(features);
}

interface Renamed {
  readonly name: string;
  readonly was?: string | undefined;
}

/** Stored values and messages are found by names: one that still is in use, or that two had, says nothing. */
function* formerNames(
  named: readonly Renamed[],
  placeOf: (i: number) => KeyPath,
): Generator<DeclarationProblem> {
  const names = new Map(named.map(({ name }, i) => [name, i]));
  for (const [i, { name, was }] of named.entries()) {
    const owner = was === undefined || was === name ? undefined : names.get(was);
    if (owner !== undefined)
      yield {
        place: placeOf(i),
        message: `"${was}" is what number ${owner + 1} is called: leave it out if this has been renamed before, or rename in two steps`,
      };
  }
  yield* doubles(
    named.map(({ was }) => was),
    placeOf,
    was => was,
  );
}

const bytesOfPointer = 24;
/** What is left of a page of PostgreSQL's, in which a row must fit, after the columns that every table has. */
const bytesForFeatures = 7_700;

function* tooWide(features: readonly WrittenFeature[]): Generator<DeclarationProblem> {
  const bytes = features.reduce((sum, feature) => sum + bytesOf(feature), 0);
  if (bytes > bytesForFeatures)
    yield {
      place: ['features'],
      message: `take up to ${bytes} bytes of a row, and a row of PostgreSQL's has room for ${bytesForFeatures}: 8 for each number, 1 for each yes-or-no, up to ${bytesOfPointer} for each category. Leave features out`,
    };
}

/** What a value takes of a row at most: of a text that is longer, this is left in the row when it is moved out. */
function bytesOf(feature: WrittenFeature): number {
  if (feature.kind === 'number') return 8;
  if (feature.kind === 'yes-no') return 1;
  const lengths = feature.categories.map(category => new TextEncoder().encode(category).length + 1);
  return feature.unknown === 'accept' ? bytesOfPointer : Math.min(bytesOfPointer, Math.max(...lengths));
}

/** A row by name must not mean two features by one word. */
function* strangersNames(features: readonly WrittenFeature[]): Generator<DeclarationProblem> {
  const owners = new Map(features.map((feature, i) => [alike(feature.name), i]));
  for (const [i, { column }] of features.entries()) {
    const owner = column === undefined ? i : owners.get(column);
    if (owner !== undefined && owner !== i)
      yield { place: ['features', i, 'column'], message: `"${column}" is the name of feature ${owner + 1}` };
  }
}

function* featureContradictions(feature: WrittenFeature, i: number): Generator<DeclarationProblem> {
  const at = (key: string): KeyPath => ['features', i, key];
  const given = { example: feature.example, fill: feature.fill };
  if (feature.kind === 'number') {
    const { min = -Infinity, max = Infinity, integer } = feature;
    if (min > max) yield { place: at('min'), message: `${min} is greater than max, which is ${max}` };
    else if (integer && Math.ceil(min) > Math.floor(max))
      yield { place: at('min'), message: `there is no whole number from ${min} to ${max}` };
    for (const [key, value] of Object.entries(given)) {
      if (typeof value !== 'number') continue;
      if (value < min || value > max) yield { place: at(key), message: `${value} lies outside of the range` };
      if (integer && !Number.isInteger(value))
        yield { place: at(key), message: `${value} is no whole number` };
    }
  }
  if (feature.kind === 'category') {
    const { categories } = feature;
    yield* doubles(
      categories,
      place => ['features', i, 'categories', place],
      value => value,
    );
    if (categories.includes(neverSeen))
      yield { place: at('categories'), message: `"${neverSeen}" is what others are called; choose another` };
    for (const [key, value] of Object.entries(given)) {
      if (typeof value === 'string' && !categories.includes(value))
        yield {
          place: at(key),
          message: `"${value}" is none of its categories.${didYouMean(value, categories)}`,
        };
    }
  }
}

function* doubles(
  values: readonly (string | undefined)[],
  placeOf: (i: number) => KeyPath,
  key = alike,
): Generator<DeclarationProblem> {
  const first = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue;
    const before = first.get(key(value));
    if (before === undefined) first.set(key(value), i);
    else
      yield { place: placeOf(i), message: `"${value}" stands there twice, as number ${before + 1} already` };
  }
}
