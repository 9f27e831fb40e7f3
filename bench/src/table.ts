import { readFileSync } from 'node:fs';
import { type Row, readItemsCsv } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';

// The table that is measured on, as its declaration has it.

const { dataSet, csv } = findDataSet('banknotes');

export const columns: readonly string[] = dataSet.features.map(({ column }) => column);
const [first, second] = dataSet.label.classes.map(({ name }) => name);
/** The names of the classes 0 and 1. */
export const classes = [first ?? '', second ?? ''] as const;

/** The items of its file. */
export function readRows(): readonly Row[] {
  return readItemsCsv(dataSet, readFileSync(csv, 'utf8')).features;
}
