import { z } from 'zod';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { perDataSet } from '../data-set/per-data-set.ts';
import {
  explainRow,
  explainValue,
  fitsFeature,
  isRow,
  type Row,
  rowFromNamed,
  type Value,
} from '../data-set/row.ts';

/** What the documentation says of a feature. */
function describeFeature(feature: Feature) {
  const { name, missing, hint, example } = feature;
  const description = hint ? `${name}: ${hint}` : name;
  const bounds = feature.kind === 'number' ? { minimum: feature.min, maximum: feature.max } : {};
  const values =
    feature.kind === 'category' && feature.unknown === 'refuse' ? { enum: feature.categories } : {};
  const type = { number: 'number', category: 'string', 'yes-no': 'boolean' }[feature.kind];
  const whole = feature.kind === 'number' && feature.integer ? 'integer' : type;
  return {
    description,
    type: missing ? [whole, 'null'] : whole,
    ...(feature.kind === 'number' && feature.strict ? bounds : {}),
    ...(missing ? {} : values),
    examples: [example],
  };
}

/** What is wrong with a message becomes a log line and an attribute, where no value of anybody's belongs. */
const quoting = 'without value';

/** One value of a feature. */
export function featureValue(feature: Feature): z.ZodType<Value> {
  return z
    .custom<Value>()
    .superRefine((value, context) => {
      if (fitsFeature(feature, value)) return;
      context.addIssue({ code: 'custom', message: explainValue(feature, value, quoting) });
    })
    .meta(describeFeature(feature));
}

/** The values of one item: a list in the order of the features, or an object by their names, which becomes one. */
export const row = perDataSet((dataSet): z.ZodType<Row> => {
  const { features } = dataSet;
  const described = {
    type: 'array',
    prefixItems: features.map(describeFeature),
    minItems: features.length,
    maxItems: features.length,
    examples: [features.map(({ example }) => example)],
  };
  return z
    .custom<Row>()
    .transform((value, context): Row => {
      const read = readRow(dataSet, value);
      if ('row' in read) return read.row;
      const path =
        read.feature < 0
          ? []
          : [Array.isArray(value) ? read.feature : (features[read.feature]?.column ?? '')];
      context.addIssue({ code: 'custom', path, message: read.message });
      return z.NEVER;
    })
    .meta(described);
});

function readRow(dataSet: DataSet, value: unknown) {
  if (isRow(dataSet, value)) return { row: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { row: named, problem } = rowFromNamed(dataSet, { ...value }, quoting);
    return named ? { row: named } : problem;
  }
  return explainRow(dataSet, value, quoting) ?? { feature: -1, message: 'This is no row.' };
}

const longestSubject = 200;

/**
 * The name under which people know a note. PostgreSQL cannot store U+0000, and a lone surrogate would come back as
 * another character: such a name would never be found again, so it is refused at the door.
 */
export const subject = z
  .string()
  .min(1, 'A subject has at least one character.')
  .max(longestSubject, `A subject has at most ${longestSubject} characters.`)
  .refine(isStorable, 'A subject is well-formed text without U+0000.');

export function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= longestSubject && isStorable(value);
}

export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

const usualSpelling = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const digits = /^(\w{8})(\w{4})(\w{4})(\w{4})(\w{12})$/;

function usuallySpelled(id: string): string {
  return id
    .toLowerCase()
    .replace(/^urn:uuid:|^\{(?=.*\}$)/, '')
    .replace(/\}$/, '')
    .replaceAll('-', '')
    .replace(digits, '$1-$2-$3-$4-$5');
}

const noBatchId = 'A batch id is a UUID.';

/**
 * Any version and variant, as PostgreSQL stores them all, in any spelling that it takes: without dashes, in capitals, in
 * braces, as a URN. One spelling goes on, since Redis and the logs compare text.
 */
export const batchId = z
  .string(noBatchId)
  .check(payload => {
    if (usualSpelling.test(payload.value)) return;
    payload.value = usuallySpelled(payload.value);
    if (usualSpelling.test(payload.value)) return;
    payload.issues.push({ code: 'custom', message: noBatchId, input: payload.value });
  })
  .meta({ format: 'uuid' });

/** The parameters of the paths under `/batches/{id}`. */
export const batchPath = z.object({ id: batchId });
