import { columnNames } from './column-names.ts';
import type { DataSet, Feature } from './declaration.ts';

// What became of the features and classes of an earlier declaration, for what was made by it and is still about: stored
// rows, models, messages on their way.

/** A feature as an earlier declaration called it. Some messages know its column alone. */
export interface EarlierFeature {
  readonly name?: string | undefined;
  readonly column: string;
}

/** Where each feature of an earlier declaration stands in this one; -1 where it is gone. */
export function placesOfFeatures({ features }: DataSet, earlier: readonly EarlierFeature[]): number[] {
  const names = new Set(earlier.map(({ name }) => name));
  const columns = new Set(earlier.map(({ column }) => column));
  const wasCalled = ({ was, ...now }: Feature, { name, column }: EarlierFeature): boolean => {
    if (was === undefined) return false;
    return name === undefined
      ? !columns.has(now.column) && columnNames([{ name: was }])[0] === column
      : !names.has(now.name) && was === name;
  };
  return earlier.map(one => {
    const place = features.findIndex(({ name, column }) =>
      one.name === undefined ? column === one.column : name === one.name,
    );
    return place >= 0 ? place : features.findIndex(feature => wasCalled(feature, one));
  });
}

/** The number that each class of an earlier declaration has in this one; -1 where it is gone. */
export function placesOfClasses({ label: { classes } }: DataSet, earlier: readonly string[]): number[] {
  return earlier.map(old =>
    classes.findIndex(({ name, was }) => name === old || (was === old && !earlier.includes(name))),
  );
}
