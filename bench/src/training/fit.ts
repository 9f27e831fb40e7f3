import {
  type BackendName,
  backendNames,
  chooseBackend,
  compileModel,
  measure,
  seededRandom,
  type TrainingSet,
  train,
} from '@banknote-loop/shared/classifier';
import { bankData, resample, split } from '@banknote-loop/testing/bank-data';

import { spreadOf } from '../measure.ts';
import type { Cell, Table } from '../report.ts';

/** The fit alone, on rows that are in memory already. */
export async function fitOnEachBackend(sizes: readonly number[], rounds: number): Promise<Table> {
  const bank = bankData();
  const sets = sizes.map(size => (size === bank.count ? bank : resample(bank, size, seededRandom(size))));
  const rows: Cell[][] = [];
  for (const backend of backendNames) {
    if (!(await isAvailable(backend))) rows.push([backend, ...sizes.map(() => 'not installed')]);
    else rows.push([backend, ...(await Promise.all(sets.map(set => timesToFit(backend, set, rounds))))]);
  }
  return {
    title: 'The fit alone on each backend, in seconds',
    columns: ['backend', ...sizes.map(size => `${size.toLocaleString('en')} rows`)],
    rows,
  };
}

async function isAvailable(backend: BackendName): Promise<boolean> {
  return chooseBackend(backend).then(
    () => true,
    () => false,
  );
}

async function timesToFit(backend: BackendName, set: TrainingSet, rounds: number) {
  const { tf } = await chooseBackend(backend);
  const times = Array.from({ length: rounds + 1 }, (_, seed) => {
    const startedAt = performance.now();
    train(tf, set, seed);
    return (performance.now() - startedAt) / 1_000;
  });
  return spreadOf(times.slice(1));
}

/** How many of the rows that it has not seen a model gets right, for so many ways to part the rows. */
export async function accuracyOfSplits(count: number): Promise<readonly number[]> {
  const { tf } = await chooseBackend();
  const bank = bankData();
  return Array.from({ length: count }, (_, seed) => {
    const { train: rows, holdOut } = split(bank, seededRandom(seed));
    const outcome = train(tf, rows, seed);
    if (!outcome.trained) throw new Error(outcome.reason);
    const probabilities = compileModel(outcome.network).probabilities(holdOut.features);
    return measure(probabilities, holdOut.classes, holdOut.classNames).accuracy;
  });
}
