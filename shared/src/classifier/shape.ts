import { createHash } from 'node:crypto';
import { z } from 'zod';
import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { perDataSet } from '../data-set/per-data-set.ts';

/**
 * All that encoded rows and answers depend on: the columns in their order, their kinds and categories, and the classes. A
 * model file says for which shape it was made, so that a later declaration can tell what to ask it, and what not to.
 */
export const shape = z.strictObject({
  features: z.array(
    z.strictObject({
      name: z.string(),
      column: z.string(),
      kind: z.enum(['number', 'category', 'yes-no']),
      categories: z.array(z.string()).readonly().optional(),
    }),
  ),
  classes: z.array(z.string()).readonly(),
});
export type Shape = z.output<typeof shape>;

export const shapeOf = perDataSet(
  (dataSet: DataSet): Shape => ({
    features: dataSet.features.map(describe),
    classes: classNames(dataSet),
  }),
);

function describe(feature: Feature): Shape['features'][number] {
  const { name, column, kind } = feature;
  return { name, column, kind, ...(feature.kind === 'category' && { categories: feature.categories }) };
}

/** What people call a feature changes nothing; ranges, hints and titles may change, too. */
export function hashShape({ features, classes }: Shape): string {
  const hashed = {
    features: features.map(({ column, kind, categories }) =>
      categories ? [column, kind, categories] : [column, kind],
    ),
    classes,
  };
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
}

export const shapeHashOf = perDataSet((dataSet: DataSet): string => hashShape(shapeOf(dataSet)));
