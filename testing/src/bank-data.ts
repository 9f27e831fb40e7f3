import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { classNames } from '@banknote-loop/shared/contract';
import { gaussian, type Random, shuffle } from '@banknote-loop/shared/learning';
import { banknotes } from './data-sets.ts';

const file = path.join(import.meta.dirname, '../../bank_data.csv');

export function bankData(): TrainingSet {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',').map(Number));
  return trainingSet(rows);
}

/** Makes a training set of rows that end in the number of their class. */
export function trainingSet(
  rows: readonly (readonly number[])[],
  names: readonly string[] = classNames(banknotes),
): TrainingSet {
  return {
    features: Float64Array.from(rows.flatMap(row => row.slice(0, -1))),
    columns: (rows[0]?.length ?? 1) - 1,
    classes: Uint8Array.from(rows, row => row.at(-1) ?? 0),
    classNames: names,
    count: rows.length,
  };
}

/** The rows with the given numbers, in that order. */
export function pickRows(set: TrainingSet, numbers: readonly number[]): TrainingSet {
  const { columns } = set;
  return {
    ...set,
    features: Float64Array.from(
      numbers.flatMap(row => [...set.features.subarray(row * columns, (row + 1) * columns)]),
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
  const order = [
    ...shuffle(
      new Uint32Array(set.count).map((_, row) => row),
      random,
    ),
  ];
  const cut = Math.floor(set.count * 0.8);
  return { train: pickRows(set, order.slice(0, cut)), holdOut: pickRows(set, order.slice(cut)) };
}

/** Draws rows with replacement and shakes them a little. */
export function resample(set: TrainingSet, count: number, random: Random): TrainingSet {
  const { columns } = set;
  const features = new Float64Array(count * columns);
  const classes = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const from = Math.floor(random() * set.count);
    classes[row] = set.classes[from] ?? 0;
    for (let feature = 0; feature < columns; feature += 1) {
      features[row * columns + feature] =
        (set.features[from * columns + feature] ?? 0) + 0.02 * gaussian(random);
    }
  }
  return { ...set, features, classes, count };
}
