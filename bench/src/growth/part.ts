import type { HandlerBenchmark } from '../handlers/benchmark.ts';
import { feedbackToDb } from '../handlers/feedback-to-db.ts';
import { feedbackToTraining } from '../handlers/feedback-to-training.ts';
import { predictionToDb } from '../handlers/prediction-to-db.ts';
import { alternate, inFlight, type Series, timed } from '../measure.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { openStores, type Stores } from '../stores.ts';
import { fillTables } from './fill.ts';

const rowsOfMessage = 1_000;
const messages = 16;
const reads = 50;
const mostTimesSlower = 1.5;

export const growth: Part = {
  name: 'growth',
  summary: 'messages of 1,000 rows, with few and with many rows already in the tables',

  async measure(effort) {
    const sizes = effort.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
    const databases = new Map<string, Stores>();
    try {
      for (const size of sizes) {
        const stores = await openStores();
        databases.set(size.toLocaleString('en'), stores);
        await fillTables(stores.owner, size);
      }
      return await measureGrowth(databases, effort);
    } finally {
      for (const stores of databases.values()) await stores.close();
    }
  },
};

/** Messages a second for the writers; for reading, the newest hundred batches a second. */
type Rate = (stores: Stores) => Promise<number>;

const rates: ReadonlyMap<string, Rate> = new Map<string, Rate>([
  ['prediction-to-db', stores => writeRate(predictionToDb(stores))],
  ['feedback-to-db', stores => writeRate(feedbackToDb(stores))],
  ['feedback-to-training', stores => writeRate(feedbackToTraining(stores))],
  ['newest batches', readRate],
]);

/** Each size is a database of its own, so that they can take turns. */
async function measureGrowth(databases: ReadonlyMap<string, Stores>, { rounds }: Effort): Promise<Findings> {
  const sizes = [...databases.keys()];
  const [fewest = '', most = ''] = [sizes.at(0), sizes.at(-1)];
  const measured: (readonly [string, Series<string>])[] = [];
  for (const [name, rate] of rates) {
    const variants = [...databases].map(([size, stores]) => [size, () => rate(stores)] as const);
    measured.push([name, await alternate(rounds, Object.fromEntries(variants))]);
  }
  return {
    tables: [
      {
        title: 'Messages a second, by the rows in the tables',
        columns: ['work', ...sizes, 'x slower'],
        rows: measured.map(([name, series]) => [
          name,
          ...sizes.map(size => series.spread(size)),
          series.ratio(fewest, most).median,
        ]),
      },
    ],
    targets: measured.map(([name, series]) => ({
      what: `${name}: times slower with ${most} rows than with ${fewest}`,
      measured: series.ratio(fewest, most).median,
      atMost: mostTimesSlower,
    })),
  };
}

async function writeRate<Work>(benchmark: HandlerBenchmark<Work>): Promise<number> {
  const prepared = await benchmark.prepare(rowsOfMessage, messages);
  return (messages / (await timed(() => inFlight(1, prepared, benchmark.ours)))) * 1_000;
}

async function readRate({ db }: Stores): Promise<number> {
  const turns = Array.from({ length: reads }, (_, i) => i);
  return (reads / (await timed(() => inFlight(1, turns, () => db.batches.newest(100))))) * 1_000;
}
