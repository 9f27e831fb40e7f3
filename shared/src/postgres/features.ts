import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import type { Row, Value } from '../data-set/row.ts';
import { booleans, doubles, texts } from './arrays.ts';

// A data set's features as the tables hold them: a column each, under the names that the declaration gives. Those names
// need no quotes, and are none that the tables' own columns have.

/** How each kind is stored. */
export const columnTypes = {
  number: 'double precision',
  category: 'text',
  'yes-no': 'boolean',
} as const satisfies Readonly<Record<Feature['kind'], string>>;

/** The features' columns in their order, separated by commas; of one table where several are at hand. */
export function columnList({ features }: DataSet, table?: string): string {
  return features.map(({ column }) => (table ? `${table}.${column}` : column)).join(', ');
}

/** The columns under their places instead of names: answers have columns of their own that a feature may be called like. */
export function placedColumns({ features }: DataSet, table: string): string {
  return features.map(({ column }, place) => `${table}.${column} as "${place}"`).join(', ');
}

/** The row that `placedColumns` gave. */
function rowIn({ features }: DataSet, record: Readonly<Record<number, Value>>): Row {
  return features.map((_, place) => record[place] ?? null);
}

/** The rest of the record, with the row that `placedColumns` gave in one piece. */
export function withRow<Rest extends object>(
  dataSet: DataSet,
  record: Readonly<Record<number, Value>> & Rest,
): Rest & { readonly features: Row } {
  const features = rowIn(dataSet, record);
  const rest: Rest = { ...record };
  for (const place of features.keys()) Reflect.deleteProperty(rest, place);
  return { ...rest, features };
}

/** The types of the parameters that `columnArrays` makes, from a first one on. */
export function arrayParameters({ features }: DataSet, first: number): string[] {
  return features.map(({ kind }, i) => `$${first + i}::${columnTypes[kind]}[]`);
}

/** Rows as one array for each column. */
export function columnArrays({ features }: DataSet, rows: readonly Row[]): Buffer[] {
  return features.map(({ kind }, place) => {
    if (kind === 'number') return doubles(rows.map(row => numberOrNull(row[place])));
    if (kind === 'category') return texts(rows.map(row => textOrNull(row[place])));
    return booleans(rows.map(row => booleanOrNull(row[place])));
  });
}

function numberOrNull(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function textOrNull(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function booleanOrNull(value: Value | undefined): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** A text as SQL spells it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * What makes two items the same item: all their values. The hash also decides the order in which rows are taken, and
 * which of them are hold-out: always the same ones, whichever way they came in. Each value's bytes end where they say
 * themselves, and are the same whether or not the feature may be missing. Adding 0 turns -0 into 0.
 */
export function hashOf({ features }: DataSet): string {
  return `sha256(${concatenated(features.map(hashedBytes))})`;
}

function hashedBytes({ column, kind, missing }: Feature): string {
  switch (kind) {
    case 'number':
      return missing ? `float8send(coalesce(${column} + 0, 'NaN'))` : `float8send(${column} + 0)`;
    case 'category':
      return orMarker(`'\\x01'::bytea || decode(md5(${column}), 'hex')`, missing);
    case 'yes-no':
      return orMarker(`case when ${column} then '\\x02'::bytea when not ${column} then '\\x01' end`, missing);
  }
}

function orMarker(bytes: string, missing: boolean): string {
  return missing ? `coalesce(${bytes}, '\\x00')` : `(${bytes})`;
}

/** The numbers that learners see, eight bytes each: see `encodeRows`. */
export function encodedFeatures({ features }: DataSet): string {
  return concatenated(features.map(feature => `float8send(${encodedValue(feature)})`));
}

function encodedValue(feature: Feature): string {
  const { column } = feature;
  const number = encodedPresent(feature);
  if (!feature.missing) return number;
  return feature.kind === 'category'
    ? `case when ${column} is null then 'NaN' else ${number} end`
    : `coalesce(${number}, 'NaN')`;
}

function encodedPresent(feature: Feature): string {
  switch (feature.kind) {
    case 'number':
      return `${feature.column} + 0`;
    case 'category': {
      // An object finds its keys in as many steps as a tree of them would, however many categories there are.
      const codes = Object.fromEntries(feature.categories.map((category, code) => [category, code]));
      const code = `(${literal(JSON.stringify(codes))}::jsonb -> ${feature.column})::float8`;
      return `coalesce(${code}, ${feature.categories.length})`;
    }
    case 'yes-no':
      return `${feature.column}::int::float8`;
  }
}

const fewOperands = 16;

/** In groups, since bytes that are added one value at a time are copied anew for each of a thousand. */
function concatenated(operands: readonly string[]): string {
  if (operands.length <= fewOperands) return operands.join(' || ');
  const size = Math.ceil(operands.length / fewOperands);
  const groups: string[] = [];
  for (let at = 0; at < operands.length; at += size) {
    groups.push(`(${concatenated(operands.slice(at, at + size))})`);
  }
  return groups.join(' || ');
}

/** A class's number by its name. */
export function classNumber(dataSet: DataSet, name: string): string {
  return `array_position(array[${classNames(dataSet).map(literal).join(', ')}], ${name}) - 1`;
}

/** A class's name by its number. */
export function classNameOf(dataSet: DataSet, number: string): string {
  return `(array[${classNames(dataSet).map(literal).join(', ')}])[${number} + 1]`;
}

/**
 * The number of the class that people say an item is of: the one that they name, else the predicted one if they call
 * it right. Of two classes "wrong" says the other one; of more it says nothing, and this is null.
 */
export function learnedClass(
  dataSet: DataSet,
  { label, prediction, isCorrect }: Readonly<Record<'label' | 'prediction' | 'isCorrect', string>>,
): string {
  const predicted = classNumber(dataSet, prediction);
  const other = hasTwoClasses(dataSet) ? ` when not ${isCorrect} then 1 - (${predicted})` : '';
  return `case when ${isCorrect} is not null then coalesce(${classNumber(dataSet, label)}, case when ${isCorrect} then ${predicted}${other} end) end`;
}

/** Two classes have a score, more of them a probability each. */
export function hasTwoClasses({ label }: DataSet): boolean {
  return label.classes.length === 2;
}
