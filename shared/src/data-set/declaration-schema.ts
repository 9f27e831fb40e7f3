import { z } from 'zod';
import { columnProblem } from './column-names.ts';

// What a declaration may say, field by field.

const most = { features: 1000, classes: 200, categories: 1000 } as const;

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
export const featureSchemas = {
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
const feature = z.discriminatedUnion('kind', [
  featureSchemas.number,
  featureSchemas.category,
  featureSchemas['yes-no'],
]);
export const classSchema = z.strictObject({ name, csv: name.optional(), was: name.optional() });
export const labelSchema = z.strictObject({
  name,
  csv: name.optional(),
  classes: z
    .array(z.preprocess(value => (typeof value === 'string' ? { name: value } : value), classSchema))
    .min(2, 'must list at least two classes')
    .max(most.classes, `can have at most ${most.classes} classes`),
});
export const sourceSchema = z.strictObject({
  title: text(300).optional(),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://example.org/table' })
    .optional(),
  licence: text(300).optional(),
  citation: text(1000).optional(),
});
const share = z.number().min(0, 'must be a share from 0 to 1').max(1, 'must be a share from 0 to 1');
export const floorSchema = z.strictObject({ accuracy: share.optional(), recall: share.optional() });
export const declarationSchema = z.strictObject({
  name: slug,
  title: text(120).optional(),
  item: text(40),
  items: text(40).optional(),
  question: text(120).optional(),
  features: z
    .array(feature)
    .min(1, 'must list at least one feature')
    .max(most.features, `can have at most ${most.features} features`),
  label: labelSchema,
  file: text(500),
  header: z.boolean().default(true),
  balance: z.boolean().default(false),
  floor: floorSchema.default({}),
  source: sourceSchema.default({}),
});

export type WrittenDeclaration = z.output<typeof declarationSchema>;
export type WrittenFeature = z.output<typeof feature>;
