import { parseArgs } from 'node:util';
import { type Metrics, measure, type TrainingSet, train } from '@banknote-loop/shared/classifier';
import { chooseBackend, compileModel, seededRandom } from '@banknote-loop/shared/learning';
import { pickRows, rowsOf, split } from '@banknote-loop/testing/bank-data';

// `npm run model-card -- --data-set NAME`: the numbers of docs/model.md, for any data set. Its different rows are dealt at
// random into four parts to learn from and one to be judged on, twenty times; the deals are the same for everybody.

const { values: options } = parseArgs({
  options: {
    'data-set': { type: 'string', default: 'banknotes' },
    splits: { type: 'string', default: '20' },
    budget: { type: 'string', default: '20' },
  },
});
const splits = Number(options.splits);
const budgetSeconds = Number(options.budget);

type Figure = (metrics: Metrics) => number | undefined;

interface Split {
  readonly metrics: Metrics;
  readonly members: readonly string[];
  readonly seconds: number;
}

const { dataSet, set } = await rowsOf(options['data-set']);
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

async function judgeSplit(seed: number): Promise<Split> {
  const { train: seen, holdOut } = split(rows, seededRandom(seed));
  const startedAt = performance.now();
  const outcome = await train(tf, dataSet, seen, { seed, budgetSeconds });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (!outcome.trained) throw new Error(outcome.reason);
  const probabilities = compileModel(outcome.model).probabilities(holdOut.features);
  const metrics = measure(probabilities, holdOut.classes, holdOut.classNames);
  return { metrics, members: outcome.choice.members, seconds };
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
  return pickRows(given, [...firstRow.values()]);
}
