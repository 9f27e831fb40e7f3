import fc from 'fast-check';
import { arbitraryDataSet } from '../data-set/arbitrary.testing.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { diffDataSets, type Fate } from '../data-set/diff.ts';
import { compileModel } from '../learning/model.ts';
import { arbitraryModel } from './arbitrary-model.testing.ts';
import { adapt } from './earlier-shape.ts';
import { InvalidModelError } from './model-error.ts';
import { shapeHashOf, shapeOf } from './shape.ts';

function withFeatures(
  dataSet: DataSet,
  change: (features: readonly Feature[]) => readonly Feature[],
): DataSet {
  return { ...dataSet, features: change(dataSet.features) };
}

function withFirst(dataSet: DataSet, change: (feature: Feature) => Feature): DataSet {
  return withFeatures(dataSet, ([first, ...rest]) => (first ? [change(first), ...rest] : rest));
}

function withClasses(
  dataSet: DataSet,
  change: (classes: DataSet['label']['classes']) => DataSet['label']['classes'],
) {
  return { ...dataSet, label: { ...dataSet.label, classes: change(dataSet.label.classes) } };
}

const added = {
  name: 'one more',
  column: 'one_more',
  csv: 'one more',
  kind: 'yes-no',
  missing: true,
  example: true,
} as const;

const changes: Readonly<Record<string, (dataSet: DataSet) => DataSet>> = {
  nothing: dataSet => ({ ...dataSet }),
  'the title': dataSet => ({ ...dataSet, title: 'another' }),
  'a hint': dataSet => withFirst(dataSet, feature => ({ ...feature, hint: 'another' })),
  'what may be missing': dataSet =>
    withFirst(dataSet, feature => ({ ...feature, missing: !feature.missing })),
  'a range': dataSet =>
    withFirst(dataSet, feature =>
      feature.kind === 'number' ? { ...feature, min: -5e9, max: 5e9 } : feature,
    ),
  'a column': dataSet => withFirst(dataSet, feature => ({ ...feature, column: 'another_column' })),
  'a name': dataSet =>
    withFirst(dataSet, feature => ({ ...feature, name: 'another name', was: feature.name })),
  'a category': dataSet =>
    withFirst(dataSet, feature =>
      feature.kind === 'category'
        ? { ...feature, categories: [...feature.categories, 'another category'] }
        : feature,
    ),
  'categories turned round': dataSet =>
    withFirst(dataSet, feature =>
      feature.kind === 'category' ? { ...feature, categories: feature.categories.toReversed() } : feature,
    ),
  'one feature more': dataSet => withFeatures(dataSet, features => [...features, added]),
  'a kind': dataSet =>
    withFirst(dataSet, ({ name, column, csv, kind }) => ({
      ...(kind === 'yes-no'
        ? { kind: 'number', integer: false, strict: false, example: 0 }
        : { kind: 'yes-no', example: true }),
      name,
      column,
      csv,
      missing: true,
    })),
  'one feature less': dataSet => withFeatures(dataSet, features => features.slice(1)),
  'features turned round': dataSet => withFeatures(dataSet, features => features.toReversed()),
  'a class': dataSet =>
    withClasses(dataSet, classes => [...classes, { name: 'another class', csv: 'another class' }]),
  'the name of a class': dataSet =>
    withClasses(dataSet, ([first, ...rest]) =>
      first ? [{ name: 'another class', csv: first.csv, was: first.name }, ...rest] : rest,
    ),
  'classes turned round': dataSet => withClasses(dataSet, classes => classes.toReversed()),
};

it.each(Object.entries(changes))('means for models what a diff says: %s', (_what, change) => {
  const changed = arbitraryDataSet().chain(before =>
    fc.record({ before: fc.constant(before), model: arbitraryModel(before) }),
  );
  fc.assert(
    fc.property(changed, ({ before, model }) => {
      const after = change(before);
      const fates = diffDataSets(before, after).map(({ models }) => models);
      const worst = (['refused', 'until the next'] as const).find(fate => fates.includes(fate)) ?? 'stay';
      expect(worst).toBe(fateOf(before, after, () => adapt(after, shapeOf(before), compileModel(model))));
    }),
    { numRuns: 30 },
  );
});

function fateOf(before: DataSet, after: DataSet, answer: () => unknown): Fate {
  if (shapeHashOf(before) === shapeHashOf(after)) return 'stay';
  try {
    answer();
    return 'until the next';
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidModelError);
    return 'refused';
  }
}
