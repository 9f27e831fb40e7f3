import {
  chooseBackend,
  compileModel,
  type Metrics,
  measure,
  seededRandom,
  type TrainingSet,
  train,
} from '@banknote-loop/shared/classifier';
import { bankData, pickRows, split } from '@banknote-loop/testing/bank-data';

// `npm run model-card`: the numbers of docs/model.md. The different notes of the bank data are dealt at random into
// four parts to learn from and one to be judged on, twenty times; the deals are the same for everybody.

const splits = 20;
const notes = differentNotes();

type Figure = (metrics: Metrics) => number | undefined;

const figures: Readonly<Record<string, Figure>> = {
  accuracy: ({ accuracy }) => accuracy,
  ...ofEachClass('recall'),
  ...ofEachClass('precision'),
  'log loss (nats)': ({ logLoss }) => logLoss,
};

const { name, tf } = await chooseBackend();
const all = Array.from({ length: splits }, (_, seed) => judgeSplit(seed));
console.log(
  `${splits} random splits of the ${notes.count} different notes of bank_data.csv, backend ${name}\n`,
);
console.log('| | mean | standard deviation | worst |\n| --- | --- | --- | --- |');
for (const [figure, of] of Object.entries(figures)) {
  const values = all.map(metrics => of(metrics) ?? Number.NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / splits;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (splits - 1));
  const worst = figure.startsWith('log') ? Math.max(...values) : Math.min(...values);
  console.log(`| ${figure} | ${[mean, deviation, worst].map(value => value.toFixed(4)).join(' | ')} |`);
}
const wrong = all.reduce((sum, { rows, correct }) => sum + rows - correct, 0);
console.log(`\n${wrong} wrong of ${all.reduce((sum, { rows }) => sum + rows, 0)} answers`);

function judgeSplit(seed: number): Metrics {
  const { train: seen, holdOut } = split(notes, seededRandom(seed));
  const outcome = train(tf, seen, seed);
  if (!outcome.trained) throw new Error(outcome.reason);
  const probabilities = compileModel(outcome.network).probabilities(holdOut.features);
  return measure(probabilities, holdOut.classes, holdOut.classNames);
}

function ofEachClass(figure: 'recall' | 'precision'): Readonly<Record<string, Figure>> {
  return Object.fromEntries(
    notes.classNames
      .toReversed()
      .map(label => [`${figure} of ${label}`, ({ classes }) => classes[label]?.[figure]]),
  );
}

/** Some notes are in the file twice: no note may be learned from and judged on. */
function differentNotes(): TrainingSet {
  const set = bankData();
  const firstRow = new Map<string, number>();
  for (let row = set.count - 1; row >= 0; row -= 1) {
    firstRow.set(set.features.subarray(set.columns * row, set.columns * (row + 1)).join(), row);
  }
  return pickRows(set, [...firstRow.values()]);
}
