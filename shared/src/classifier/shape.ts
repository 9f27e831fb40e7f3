import { createHash } from 'node:crypto';
import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { perDataSet } from '../data-set/per-data-set.ts';

/**
 * A hash of all that encoded rows and answers depend on: the columns in their order, their kinds and categories, and the
 * classes. A model answers only for the shape that it was made for; ranges, hints and titles may change.
 */
export const shapeOf = perDataSet((dataSet: DataSet): string => {
  const shape = { features: dataSet.features.map(columnOf), classes: classNames(dataSet) };
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
});

function columnOf(feature: Feature): readonly unknown[] {
  const { column, kind } = feature;
  return feature.kind === 'category' ? [column, kind, feature.categories] : [column, kind];
}
