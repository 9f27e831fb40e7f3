import { z } from 'zod';
import { columnNames, columnProblem } from './column-names.ts';
import { didYouMean } from './nearest.ts';

// What a data set says of itself, and the only place that knows features and classes. People write it by hand
// (declaration-file.ts reads their YAML); everybody else works with the checked form, `DataSet`, in which every default
// is filled in and which is plain JSON.

const most = { features: 1000, classes: 200, categories: 1000 } as const;

/** What a category that no row had before is called where it must be called something. */
export const neverSeen = '(never seen)';

interface AnyFeature {
  /** What people call it. */
  readonly name: string;
  /** What tables, statements and addresses call it. */
  readonly column: string;
  /** Its header in CSV files; `name` and `column` are understood, too. */
  readonly csv: string;
  /** Whether a row may lack it. */
  readonly missing: boolean;
  readonly hint?: string | undefined;
  /** What it was called before, so that a migration renames its column. */
  readonly was?: string | undefined;
}

export interface NumberFeature extends AnyFeature {
  readonly kind: 'number';
  readonly integer: boolean;
  /** What is expected. Values beyond are taken all the same, unless `strict`. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly strict: boolean;
  readonly example: number;
  /** What rows get that were stored before there was this feature. */
  readonly fill?: number | undefined;
}

export interface CategoryFeature extends AnyFeature {
  readonly kind: 'category';
  /** A category's place is its code. */
  readonly categories: readonly string[];
  /** What becomes of a row with a category that is not among them. */
  readonly unknown: 'refuse' | 'accept';
  readonly example: string;
  readonly fill?: string | undefined;
}

export interface YesNoFeature extends AnyFeature {
  readonly kind: 'yes-no';
  readonly example: boolean;
  readonly fill?: boolean | undefined;
}

export type Feature = NumberFeature | CategoryFeature | YesNoFeature;

export interface Class {
  /** What answers call it. */
  readonly name: string;
  /** How the label's column of a CSV file spells it; `name` is understood, too. */
  readonly csv: string;
  readonly was?: string | undefined;
}

export interface Label {
  readonly name: string;
  /** Its header in CSV files. */
  readonly csv: string;
  /** A class's place is its number. */
  readonly classes: readonly Class[];
}

export interface Source {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly licence?: string | undefined;
  readonly citation?: string | undefined;
}

export interface DataSet {
  readonly name: string;
  readonly title: string;
  /** What one row is called, and several of them. */
  readonly item: string;
  readonly items: string;
  readonly question: string;
  readonly features: readonly Feature[];
  readonly label: Label;
  /** The CSV file, relative to the declaration. */
  readonly file: string;
  /** Whether its first line names the columns; otherwise they are called "column 1", "column 2" and so on. */
  readonly header: boolean;
  readonly source: Source;
}

const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .refine(value => !value.includes('\u0000') && value.isWellFormed(), 'must be well-formed text');
const name = text(100);
const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be small letters, digits and hyphens, and begin with a letter: my-table')
  .max(40, 'must have at most 40 characters');
const number = z.number().transform(value => value + 0);
const column = z.string().superRefine((value, context) => {
  const problem = columnProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: `"${value}" ${problem}` });
});

const ofEveryFeature = {
  name,
  column: column.optional(),
  csv: name.optional(),
  missing: z.boolean().default(false),
  hint: text(300).optional(),
  was: name.optional(),
};
const featureSchemas = {
  number: z.strictObject({
    ...ofEveryFeature,
    kind: z.literal('number'),
    integer: z.boolean().default(false),
    min: number.optional(),
    max: number.optional(),
    strict: z.boolean().default(false),
    example: number.optional(),
    fill: number.optional(),
  }),
  category: z.strictObject({
    ...ofEveryFeature,
    kind: z.literal('category'),
    categories: z
      .array(name)
      .min(1, 'must list at least one value')
      .max(
        most.categories,
        `can have at most ${most.categories} values: leave the feature out, or group its values`,
      ),
    unknown: z.enum(['refuse', 'accept']).default('refuse'),
    example: name.optional(),
    fill: name.optional(),
  }),
  'yes-no': z.strictObject({
    ...ofEveryFeature,
    kind: z.literal('yes-no'),
    example: z.boolean().default(true),
    fill: z.boolean().optional(),
  }),
};
const kinds = Object.keys(featureSchemas);
const feature = z.discriminatedUnion('kind', [
  featureSchemas.number,
  featureSchemas.category,
  featureSchemas['yes-no'],
]);
const classSchema = z.strictObject({ name, csv: name.optional(), was: name.optional() });
const label = z.strictObject({
  name,
  csv: name.optional(),
  classes: z
    .array(z.preprocess(value => (typeof value === 'string' ? { name: value } : value), classSchema))
    .min(2, 'must list at least two classes')
    .max(most.classes, `can have at most ${most.classes} classes`),
});
const source = z.strictObject({
  title: text(300).optional(),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://example.org/table' })
    .optional(),
  licence: text(300).optional(),
  citation: text(1000).optional(),
});
const declaration = z.strictObject({
  name: slug,
  title: text(120).optional(),
  item: text(40),
  items: text(40).optional(),
  question: text(120).optional(),
  features: z
    .array(feature)
    .min(1, 'must list at least one feature')
    .max(most.features, `can have at most ${most.features} features`),
  label,
  file: text(500),
  header: z.boolean().default(true),
  source: source.default({}),
});

type Written = z.output<typeof declaration>;
type WrittenFeature = z.output<typeof feature>;

export type Place = readonly (string | number)[];

export interface DeclarationProblem {
  /** The keys and numbers that lead to it: `['features', 3, 'kind']`. */
  readonly place: Place;
  readonly message: string;
}

export type Checked =
  | { readonly dataSet: DataSet; readonly problems?: undefined }
  | { readonly dataSet?: undefined; readonly problems: readonly DeclarationProblem[] };

/** Checks a declaration as it was written, and fills in what it leaves open. */
export function checkDeclaration(value: unknown): Checked {
  const parsed = declaration.safeParse(value, { error: sayWhatIsWrong });
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(issue => problemsOf(issue, value)) };
  const problems = [...contradictions(parsed.data)];
  return problems.length > 0 ? { problems } : { dataSet: complete(parsed.data) };
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown): DeclarationProblem[] {
  const place = issue.path.map(key => (typeof key === 'number' ? key : String(key)));
  if (issue.code !== 'unrecognized_keys') return [{ place, message: issue.message }];
  const known = keysAt(place, value);
  return issue.keys.map(key => ({ place: [...place, key], message: sayUnknown(key, known) }));
}

function keysAt(place: Place, value: unknown): readonly string[] {
  if (place.length === 0) return Object.keys(declaration.shape);
  if (place[0] === 'source') return Object.keys(source.shape);
  if (place[0] === 'label') return Object.keys(place.length === 1 ? label.shape : classSchema.shape);
  const kind = [...place, 'kind'].reduce(
    (at, key) => (isObject(at) ? Reflect.get(at, key) : undefined),
    value,
  );
  const [, schema] = Object.entries(featureSchemas).find(([known]) => known === kind) ?? [];
  return Object.keys((schema ?? featureSchemas.number).shape);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sayUnknown(key: string, known: readonly string[]): string {
  const ofFeatures = known.includes('kind') ? Object.entries(featureSchemas) : [];
  const [kind] = ofFeatures.find(([, { shape }]) => key in shape) ?? [];
  if (kind !== undefined) return `is only for kind: ${kind}`;
  const near = [...known, ...ofFeatures.flatMap(([, { shape }]) => Object.keys(shape))];
  return `is not known here.${didYouMean(key, near) || ` There is ${known.join(', ')}.`}`;
}

const called: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

/** Words for people who write declarations, where zod's are for people who write programs. */
function sayWhatIsWrong(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (issue.code === 'invalid_union') {
    const given: unknown = isObject(input) ? Reflect.get(input, 'kind') : input;
    if (given === undefined) return `is missing: ${kinds.join(', ')}`;
    return `"${String(given)}" is no kind: ${kinds.join(', ')}.${didYouMean(String(given), kinds)}`;
  }
  if (input === undefined || input === null) return 'is missing';
  if (issue.code === 'invalid_value')
    return `"${String(input)}" is none of ${issue.values.map(String).join(', ')}.${didYouMean(String(input), issue.values.map(String))}`;
  if (issue.code === 'invalid_type') return `must be ${called[issue.expected] ?? issue.expected}`;
  return undefined;
}

/** What single fields cannot tell: names that stand twice, ranges that are none, examples that do not fit. */
function* contradictions({ features, label }: Written): Generator<DeclarationProblem> {
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
  yield* doubles(
    label.classes.map(one => one.name),
    i => ['label', 'classes', i],
  );
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
  const at = (key: string): Place => ['features', i, key];
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

/** Headers are compared so: a spreadsheet's capitals and blanks say nothing. */
export function alike(header: string): string {
  return header.trim().toLowerCase();
}

function* doubles(
  values: readonly (string | undefined)[],
  placeOf: (i: number) => Place,
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

function complete(written: Written): DataSet {
  const columns = columnNames(written.features);
  const { label, item } = written;
  return {
    ...written,
    title: written.title ?? written.name,
    items: written.items ?? `${item}s`,
    question: written.question ?? `Which ${label.name} is it?`,
    features: written.features.map((feature, i) => completeFeature(feature, columns[i] ?? `f${i + 1}`)),
    label: {
      ...label,
      csv: label.csv ?? label.name,
      classes: label.classes.map(one => ({ ...one, csv: one.csv ?? one.name })),
    },
  };
}

function completeFeature(feature: WrittenFeature, column: string): Feature {
  const common = { column, csv: feature.csv ?? feature.name };
  switch (feature.kind) {
    case 'number':
      return { ...feature, ...common, example: feature.example ?? middleOf(feature) };
    case 'category':
      return { ...feature, ...common, example: feature.example ?? feature.categories[0] ?? '' };
    case 'yes-no':
      return { ...feature, ...common };
  }
}

/** The middle of the range, to as many digits as the range can tell apart. */
export function middleOf({ min, max, integer }: Pick<NumberFeature, 'min' | 'max' | 'integer'>): number {
  if (min === undefined || max === undefined) return min ?? max ?? 0;
  const middle = min / 2 + max / 2;
  if (integer) return Math.max(Math.floor(middle), Math.ceil(min)) + 0;
  const rounded = Number(middle.toPrecision(3));
  return (rounded >= min && rounded <= max ? rounded : middle) + 0;
}
