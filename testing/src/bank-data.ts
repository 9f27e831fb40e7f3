import { createReadStream, readFileSync } from 'node:fs';
import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { classNames } from '@banknote-loop/shared/contract';
import { type DataSet, encodeRows, type Row } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, findDataSet, readCsv } from '@banknote-loop/shared/data-set/files';
import { gaussian, type Random, shuffle } from '@banknote-loop/shared/learning';
import { banknotes } from './data-sets.ts';

const { csv } = findDataSet('banknotes');

export function bankData(): TrainingSet {
  const rows = readFileSync(csv, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',').map(Number));
  return trainingSet(rows);
}

export interface LabelledItem {
  readonly row: Row;
  /** The number of its class. */
  readonly label: number;
}

/** The items of a data set, as they lie in its file. */
export async function readItems({ dataSet, csv: file }: FoundDataSet): Promise<LabelledItem[]> {
  const items: LabelledItem[] = [];
  for await (const part of readCsv(dataSet, createReadStream(file, 'utf8'), { labelled: true }))
    items.push(...part.items.map(({ row, label = 0 }) => ({ row, label })));
  return items;
}

/** The rows of any data set that comes with the loop, as learners see them. */
export async function rowsOf(name: string): Promise<{ dataSet: DataSet; set: TrainingSet }> {
  const found = findDataSet(name);
  const { dataSet } = found;
  const items = await readItems(found);
  const features = encodeRows(
    dataSet,
    items.map(({ row }) => row),
  );
  const classes = Uint8Array.from(items, ({ label }) => label);
  const columns = dataSet.features.length;
  return {
    dataSet,
    set: { features, columns, classes, classNames: classNames(dataSet), count: items.length },
  };
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
export function pickTrainingRows(set: TrainingSet, numbers: readonly number[]): TrainingSet {
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
  return {
    train: pickTrainingRows(set, order.slice(0, cut)),
    holdOut: pickTrainingRows(set, order.slice(cut)),
  };
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
