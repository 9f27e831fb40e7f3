import type { z } from 'zod';
import { columnNames } from './column-names.ts';
import { contradictions, type DeclarationProblem, type KeyPath } from './contradictions.ts';
import { type DataSet, type Feature, middleOf } from './declaration.ts';
import {
  classSchema,
  declarationSchema,
  featureSchemas,
  floorSchema,
  labelSchema,
  sourceSchema,
  type WrittenDeclaration,
  type WrittenFeature,
} from './declaration-schema.ts';
import { didYouMean } from './nearest.ts';

export type Checked =
  | { readonly dataSet: DataSet; readonly problems?: undefined }
  | { readonly dataSet?: undefined; readonly problems: readonly DeclarationProblem[] };

/** Checks a declaration as it was written, and fills in what it leaves open. */
export function checkDeclaration(value: unknown): Checked {
  const parsed = declarationSchema.safeParse(value, { error: sayWhatIsWrong });
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

function keysAt(place: KeyPath, value: unknown): readonly string[] {
  if (place.length === 0) return Object.keys(declarationSchema.shape);
  if (place[0] === 'floor') return Object.keys(floorSchema.shape);
  if (place[0] === 'source') return Object.keys(sourceSchema.shape);
  if (place[0] === 'label') return Object.keys(place.length === 1 ? labelSchema.shape : classSchema.shape);
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

const kinds = Object.keys(featureSchemas);

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

function complete(written: WrittenDeclaration): DataSet {
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
