import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  dealRows,
  featureCount,
  gaussian,
  type Random,
  type TrainingSet,
} from '@banknote-loop/shared/classifier';

const file = path.join(import.meta.dirname, '../../bank_data.csv');

export function bankData(): TrainingSet {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',').map(Number));
  return trainingSet(rows);
}

/** Makes a training set of rows that end in their class. */
export function trainingSet(rows: readonly (readonly number[])[]): TrainingSet {
  return {
    features: Float64Array.from(rows.flatMap(row => row.slice(0, featureCount))),
    classes: Uint8Array.from(rows, row => row[featureCount] ?? 0),
    count: rows.length,
  };
}

/** The rows with the given numbers, in that order. */
export function pickRows(set: TrainingSet, numbers: readonly number[]): TrainingSet {
  return {
    features: Float64Array.from(
      numbers.flatMap(row => [...set.features.subarray(row * featureCount, (row + 1) * featureCount)]),
    ),
    classes: Uint8Array.from(numbers, row => set.classes[row] ?? 0),
    count: numbers.length,
  };
}

/** Four rows in five to train on, the fifth to judge on. */
export function split(
  set: TrainingSet,
  random: Random,
): { readonly train: TrainingSet; readonly holdOut: TrainingSet } {
  const deal = dealRows(set.count, random);
  const order = Array.from({ length: set.count }, deal);
  const cut = Math.floor(set.count * 0.8);
  return { train: pickRows(set, order.slice(0, cut)), holdOut: pickRows(set, order.slice(cut)) };
}

/** Draws rows with replacement and shakes them a little. */
export function resample(set: TrainingSet, count: number, random: Random): TrainingSet {
  const features = new Float64Array(count * featureCount);
  const classes = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const from = Math.floor(random() * set.count);
    classes[row] = set.classes[from] ?? 0;
    for (let feature = 0; feature < featureCount; feature += 1) {
      features[row * featureCount + feature] =
        (set.features[from * featureCount + feature] ?? 0) + 0.02 * gaussian(random);
    }
  }
  return { features, classes, count };
}
