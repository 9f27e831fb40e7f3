import { readFileSync } from 'node:fs';
import { isRow, readItemsCsv } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { shippedDataSets } from '@banknote-loop/testing/data-sets';
import { messagesOf } from './messages.ts';

it.each(shippedDataSets)('makes an item of %s that its file does not have', name => {
  const found = findDataSet(name);
  const { dataSet } = found;
  const known = readItemsCsv(dataSet, readFileSync(found.csv, 'utf8')).features.map(row => row.join());
  const messages = messagesOf(found);
  for (let time = 0; time < 20; time += 1) {
    const { subjects, features } = messages.unseen();
    const [row = []] = features;
    expect([subjects.length, isRow(dataSet, row), known.includes(row.join())]).toEqual([1, true, false]);
  }
});
