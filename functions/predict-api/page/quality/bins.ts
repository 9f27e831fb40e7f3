import type { DriftBin, FeatureDrift } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';

/** What a bin holds, in words. */
export type NameBin = (bin: DriftBin) => string;

/** Names the bins of a property: a feature, or the predicted class. */
export function binNames(dataSet: DataSet, { name }: FeatureDrift): NameBin {
  const classes = dataSet.label.classes.map(one => one.name);
  if (!isShareOfClass(dataSet, name)) return rangeOf;
  // Two classes are compared by their numbers.
  return bin => classes[bin.lower !== null && bin.lower >= 1 ? 1 : 0] ?? '';
}

/** With two classes, the answers are compared by the share of class 1. */
export function isShareOfClass({ features, label: { classes } }: DataSet, name: string): boolean {
  return (
    classes.length === 2 && classes[1]?.name === name && !features.some(feature => feature.name === name)
  );
}

function rangeOf({ lower, upper, label }: DriftBin): string {
  if (typeof label === 'string') return label;
  if (lower !== null && upper !== null) return `${rounded(lower)} to ${rounded(upper)}`;
  if (lower !== null) return `${rounded(lower)} or more`;
  return upper === null ? 'all' : `below ${rounded(upper)}`;
}

/** Whole numbers as they are, others with two places, or with the digits that tell those from 0 that are near it. */
export function rounded(value: number): string {
  return digitsOf(value).replaceAll('-', '−');
}

function digitsOf(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 0.01)) return value.toPrecision(3);
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
