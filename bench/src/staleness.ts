import { readCommandLine } from '@banknote-loop/shared/base';
import {
  type ClassificationMetrics,
  measurePredictions,
  type TrainingSet,
  train,
} from '@banknote-loop/shared/classifier';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { chooseBackend, compileModel, gaussian, seededRandom } from '@banknote-loop/shared/learning';
import { pickTrainingRows, rowsOf, split } from '@banknote-loop/testing/bank-data';
import { orEnd } from './options.ts';

// Replays a month of a loop, and says how much worse the models of 1, 7 and 30 days
// ago are by now. Half of the rows to learn from are there on the first day, and the others come in over the month; a fifth,
// which no model learns from, judges as it is on the last day. Once nothing else changes, and once what is measured moves,
// as that of an ageing camera does. Of a loop that runs, `npm run models -- staleness` says the same.

const usage = `npm run staleness          replays a month, and says how much worse models of 1, 7 and 30 days ago are
  --data-set NAME          of another data set (banknotes)
  --replays N              so many times (3)
  --budget SECONDS         for so long at each training (2)`;

const {
  'data-set': name,
  replays,
  budget: budgetSeconds,
} = readCommandLine(usage, { 'data-set': 'banknotes', replays: 3, budget: 2 });
const days = 30;
const ages = [0, 1, 7, 30];
/** By how much of its standard deviation each number moves in a day. */
const moves = [0, 0.01, 0.03];

const { dataSet, set } = await rowsOf(orEnd(() => findDataSet(name)).dataSet.name);
const { tf } = await chooseBackend();
const deviations = dataSet.features.map(({ kind }, column) =>
  kind === 'number' ? deviationOf(set, column) : 0,
);
console.log(`${replays} replays of ${days} days with ${dataSet.title}\n`);
console.log(`| a day moves each number by | ${ages.map(nameOf).join(' | ')} |`);
console.log(`| --- |${' ---: |'.repeat(ages.length)}`);
for (const move of moves) {
  const found: ClassificationMetrics[][] = [];
  for (let seed = 0; seed < replays; seed += 1) found.push(await replay(move, seed));
  const means = ages.map((_, place) =>
    (['accuracy', 'logLoss'] as const).map(
      figure => found.reduce((sum, ofAges) => sum + (ofAges[place]?.[figure] ?? 0), 0) / replays,
    ),
  );
  const cells = means.map(([accuracy = 0, loss = 0]) => `${accuracy.toFixed(4)}, ${loss.toFixed(4)}`);
  console.log(`| ${100 * move} % of its deviation | ${cells.join(' | ')} |`);
}

function nameOf(age: number): string {
  return age === 0 ? 'now: accuracy, log loss' : `${age} ${age === 1 ? 'day' : 'days'} ago`;
}

/** What the models of each age say of the last day. */
async function replay(move: number, seed: number): Promise<ClassificationMetrics[]> {
  const random = seededRandom(seed);
  const dealt = split(set, random);
  const { count } = dealt.train;
  // Every row is measured on the day on which it comes in.
  const dayOf = (row: number): number => Math.max(0, Math.ceil(((2 * (row + 1)) / count - 1) * days));
  const numbers = Array.from({ length: count }, (_, row) => row);
  const direction = deviations.map(deviation => Math.sign(gaussian(random)) * deviation * move);
  const measured = moved(dealt.train, dayOf, direction);
  const judges = moved(dealt.holdOut, () => days, direction);
  const figures: ClassificationMetrics[] = [];
  for (const age of ages) {
    const known = numbers.filter(row => dayOf(row) <= days - age);
    const outcome = await train(tf, dataSet, pickTrainingRows(measured, known), { seed, budgetSeconds });
    if (!outcome.trained) throw new Error(outcome.reason);
    const { probabilities } = compileModel(outcome.model);
    figures.push(measurePredictions(probabilities(judges.features), judges.classes, judges.classNames));
  }
  return figures;
}

function moved(rows: TrainingSet, dayOf: (row: number) => number, direction: readonly number[]): TrainingSet {
  const { columns, features } = rows;
  return {
    ...rows,
    features: features.map(
      (value, place) => value + (direction[place % columns] ?? 0) * dayOf(Math.floor(place / columns)),
    ),
  };
}

function deviationOf({ features, columns, count }: TrainingSet, column: number): number {
  const values = Array.from({ length: count }, (_, row) => features[row * columns + column] ?? Number.NaN);
  const known = values.filter(value => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
}
