import { readCommandLine } from '@banknote-loop/shared/base';
import {
  type ClassificationMetrics,
  measurePredictions,
  type TrainingSet,
  tableOf,
  train,
} from '@banknote-loop/shared/classifier';
import { unlikeFrom } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import {
  chooseBackend,
  compileModel,
  type Learned,
  type Model,
  measureImportance,
  seededRandom,
} from '@banknote-loop/shared/learning';
import { pickTrainingRows, rowsOf, split } from '@banknote-loop/testing/bank-data';
import { drawEmptyRows } from './empty-regions.ts';
import { orEnd } from './options.ts';

// The numbers of docs/model.md, for any data set. Its different rows are dealt at
// random into four parts to learn from and one to be judged on, twenty times; the deals are the same for everybody. Beside
// the chosen model stand the simplest one, what each column is worth, and what becomes of rows like none that it has seen.

const usage = `npm run model-card         how good models of a data set are, what each column is worth, and what is like none
  --data-set NAME          of another data set (banknotes)
  --splits N               so many times learned and judged (20)
  --budget SECONDS         for so long each time (20)`;

const {
  'data-set': name,
  splits,
  budget: budgetSeconds,
} = readCommandLine(usage, { 'data-set': 'banknotes', splits: 20, budget: 20 });

type Figure = (metrics: ClassificationMetrics) => number | undefined;

interface Split {
  readonly metrics: ClassificationMetrics;
  readonly members: readonly string[];
  readonly seconds: number;
  readonly report: Learned['report'];
  readonly worth: readonly { readonly accuracy: number; readonly logLoss: number }[];
  readonly known: Unlike;
  readonly empty: Unlike;
}

/** Of some rows: how many there are, which share is called unlike, and of which share the model is more than 99 % sure. */
interface Unlike {
  readonly rows: number;
  readonly unlike: number;
  readonly sure: number;
  readonly sureWithoutKnowing: number;
}

const { dataSet, set } = await rowsOf(orEnd(() => findDataSet(name)).dataSet.name);
const rows = differentRows(set);
const { name: backend, tf } = await chooseBackend();
const all: Split[] = [];
for (let seed = 0; seed < splits; seed += 1) all.push(await judgeSplit(seed));

console.log(
  `${splits} random splits of the ${rows.count} different rows of ${dataSet.title}, backend ${backend}\n`,
);
console.log('| | mean | standard deviation | worst |\n| --- | --- | --- | --- |');
const figures: Readonly<Record<string, Figure>> = {
  accuracy: ({ accuracy }) => accuracy,
  ...ofEachClass('recall'),
  ...ofEachClass('precision'),
  'log loss (nats)': ({ logLoss }) => logLoss,
};
for (const [figure, of] of Object.entries(figures)) {
  const values = all.map(({ metrics }) => of(metrics) ?? Number.NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / splits;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (splits - 1));
  const worst = figure.startsWith('log') ? Math.max(...values) : Math.min(...values);
  console.log(`| ${figure} | ${[mean, deviation, worst].map(value => value.toFixed(4)).join(' | ')} |`);
}
const wrong = all.reduce((sum, { metrics }) => sum + metrics.rows - metrics.correct, 0);
const answers = all.reduce((sum, { metrics }) => sum + metrics.rows, 0);
console.log(`\n${wrong} wrong of ${answers} answers`);
console.log(`Chosen: ${countChoices()}`);
console.log(`Learning took ${medianOf(all.map(({ seconds }) => seconds)).toFixed(2)} s (median)`);

console.log('\n| out of fold | accuracy | log loss | calibration error |\n| --- | --- | --- | --- |');
printFigures('the simplest, `linear`', ({ candidates }) => candidates.find(({ name }) => name === 'linear'));
printFigures('the chosen', ({ chosen }) => chosen);

console.log(
  '\n| without what the column says | accuracy falls by | log loss rises by |\n| --- | --- | --- |',
);
dataSet.features.forEach(({ name: feature }, column) => {
  const accuracy = meanOf(all.map(({ worth }) => worth[column]?.accuracy ?? Number.NaN));
  const logLoss = meanOf(all.map(({ worth }) => worth[column]?.logLoss ?? Number.NaN));
  console.log(`| ${feature} | ${accuracy.toFixed(4)} | ${logLoss.toFixed(4)} |`);
});

console.log(
  '\n| rows | called unlike | more than 99 % sure | did it not know its rows |\n| --- | --- | --- | --- |',
);
printUnlike('held out', ({ known }) => known);
printUnlike('in empty regions', ({ empty }) => empty);

async function judgeSplit(seed: number): Promise<Split> {
  const { train: seen, holdOut } = split(rows, seededRandom(seed));
  const startedAt = performance.now();
  const outcome = await train(tf, dataSet, seen, { seed, budgetSeconds });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!outcome.trained) throw new Error(outcome.reason);
  const probabilities = compileModel(outcome.model).probabilities(holdOut.features);
  const metrics = measurePredictions(probabilities, holdOut.classes, holdOut.classNames);
  const { model, report, choice } = outcome;
  const empty = drawEmptyRows(seen, holdOut, model.columns, seed);
  return {
    metrics,
    members: choice.members,
    seconds,
    report,
    worth: measureImportance(model, tableOf(dataSet, holdOut), seed, 2),
    known: unlikeOf(model, holdOut.features),
    empty: unlikeOf(model, empty),
  };
}

function unlikeOf(model: Model, values: Float64Array): Unlike {
  const { novelty: _, ...bare } = model;
  const { unlike = new Float64Array(0), probabilities } = compileModel(model).answer(values);
  return {
    rows: unlike.length,
    unlike: unlike.filter(share => share >= unlikeFrom).length,
    sure: probabilities.filter(one => one > 0.99).length,
    sureWithoutKnowing: compileModel(bare)
      .probabilities(values)
      .filter(one => one > 0.99).length,
  };
}

function printUnlike(name: string, of: (one: Split) => Unlike): void {
  const total = (count: (one: Unlike) => number) => all.reduce((sum, one) => sum + count(of(one)), 0);
  const rowsInAll = total(one => one.rows);
  const shares = [total(one => one.unlike), total(one => one.sure), total(one => one.sureWithoutKnowing)].map(
    count => `${((100 * count) / rowsInAll).toFixed(1)} %`,
  );
  console.log(`| ${rowsInAll} ${name} | ${shares.join(' | ')} |`);
}

function printFigures(
  name: string,
  of: (report: Learned['report']) => Learned['report']['chosen'] | undefined,
): void {
  const figure = (value: (one: Learned['report']['chosen']) => number) =>
    meanOf(all.map(({ report }) => value(of(report) ?? report.chosen))).toFixed(4);
  const figures = [
    figure(one => one.accuracy),
    figure(one => one.logLoss),
    figure(one => one.calibrationError),
  ];
  console.log(`| ${name} | ${figures.join(' | ')} |`);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function countChoices(): string {
  const counts = new Map<string, number>();
  for (const { members } of all) {
    const name = members.join(' + ');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${name} (${count} times)`).join(', ');
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ofEachClass(figure: 'recall' | 'precision'): Readonly<Record<string, Figure>> {
  return Object.fromEntries(
    rows.classNames
      .toReversed()
      .map(label => [`${figure} of ${label}`, ({ classes }) => classes[label]?.[figure]]),
  );
}

/** Some rows are in a file twice: none may be learned from and judged on. */
function differentRows(given: TrainingSet): TrainingSet {
  const firstRow = new Map<string, number>();
  for (let row = given.count - 1; row >= 0; row -= 1) {
    firstRow.set(given.features.subarray(given.columns * row, given.columns * (row + 1)).join(), row);
  }
  return pickTrainingRows(given, [...firstRow.values()]);
}
