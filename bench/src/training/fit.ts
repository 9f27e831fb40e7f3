import { measurePredictions, type TrainingSet, train } from '@banknote-loop/shared/classifier';
import {
  type BackendName,
  backendNames,
  type Choice,
  chooseBackend,
  compileModel,
  seededRandom,
} from '@banknote-loop/shared/learning';
import { bankData, resample, split } from '@banknote-loop/testing/bank-data';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { spreadOf } from '../measure.ts';
import type { Cell, ReportTable } from '../report.ts';

/** Learning alone, on rows that are in memory already: with the whole choice, and with an earlier one kept. */
export async function fitOnEachBackend(sizes: readonly number[], rounds: number): Promise<ReportTable> {
  const bank = bankData();
  const sets = sizes.map(size => (size === bank.count ? bank : resample(bank, size, seededRandom(size))));
  const rows: Cell[][] = [];
  for (const backend of backendNames) {
    for (const isKept of [false, true]) {
      const cells: Cell[] = [];
      for (const set of sets) cells.push(await cellOf(backend, set, isKept, rounds));
      rows.push([backend, isKept ? 'kept' : 'made', ...cells]);
    }
  }
  return {
    title: 'Learning alone on each backend, in seconds',
    columns: ['backend', 'choice', ...sizes.map(size => `${size.toLocaleString('en')} rows`)],
    rows,
  };
}

async function cellOf(
  backend: BackendName,
  set: TrainingSet,
  isKept: boolean,
  rounds: number,
): Promise<Cell> {
  const isAvailable = await chooseBackend(backend).then(
    () => true,
    () => false,
  );
  return isAvailable ? timesToFit(backend, set, isKept, rounds) : 'not installed';
}

async function timesToFit(backend: BackendName, set: TrainingSet, isKept: boolean, rounds: number) {
  const { tf } = await chooseBackend(backend);
  const times: number[] = [];
  let choice: Choice | undefined;
  for (let seed = 0; seed <= rounds; seed += 1) {
    const startedAt = performance.now();
    const outcome = await train(tf, banknotes, set, { seed, choice });
    times.push((performance.now() - startedAt) / 1_000);
    if (isKept && outcome.trained) choice = outcome.choice;
  }
  return spreadOf(times.slice(1));
}

/** How many of the rows that it has not seen a model gets right, for so many ways to part the rows. */
export async function accuracyOfSplits(count: number): Promise<readonly number[]> {
  const { tf } = await chooseBackend();
  const bank = bankData();
  const accuracies: number[] = [];
  for (let seed = 0; seed < count; seed += 1) {
    const { train: rows, holdOut } = split(bank, seededRandom(seed));
    const outcome = await train(tf, banknotes, rows, { seed });
    if (!outcome.trained) throw new Error(outcome.reason);
    const probabilities = compileModel(outcome.model).probabilities(holdOut.features);
    accuracies.push(measurePredictions(probabilities, holdOut.classes, holdOut.classNames).accuracy);
  }
  return accuracies;
}
