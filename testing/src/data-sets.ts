import { findDataSet } from '@banknote-loop/shared/data-set/files';

// The data sets that tests work on: the one that contracts are held to, one with three classes, and one with categories
// and missing values.

/** Those that come with the loop: people keep others beside them. */
export const shippedDataSets = ['banknotes', 'digits', 'iris', 'penguins', 'wine'] as const;

export const { dataSet: banknotes } = findDataSet('banknotes');
export const { dataSet: iris } = findDataSet('iris');
export const { dataSet: penguins } = findDataSet('penguins');

/** Two banknotes, one of each class, as they stand in the data. */
export const sampleNotes = [
  [3.6216, 8.6661, -2.8073, -0.44699],
  [-1.3971, 3.3191, -1.3927, -1.9948],
] satisfies number[][];
