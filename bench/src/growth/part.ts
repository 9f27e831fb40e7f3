import type { Contest } from '../handlers/contest.ts';
import { feedbackToDb } from '../handlers/feedback-to-db.ts';
import { feedbackToTraining } from '../handlers/feedback-to-training.ts';
import { predictionToDb } from '../handlers/prediction-to-db.ts';
import { alternate, inFlight, type Spread, spreadOf, timed } from '../measure.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { openStores, type Stores } from '../stores.ts';
import { fillTables } from './fill.ts';

const rowsOfMessage = 1_000;
const messages = 16;
const mostTimesSlower = 1.5;

export const growth: Part = {
  name: 'growth',
  summary: 'messages of 1,000 rows a second, with more and more rows already in the tables',

  async measure(effort) {
    const stores = await openStores();
    try {
      return await measureGrowth(stores, effort);
    } finally {
      await stores.close();
    }
  },
};

async function measureGrowth(stores: Stores, effort: Effort): Promise<Findings> {
  const sizes = effort.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
  const bySize: (readonly Spread[])[] = [];
  for (const size of sizes) {
    await fillTables(stores.owner, size);
    bySize.push([
      await rate(predictionToDb(stores), effort),
      await rate(feedbackToDb(stores), effort),
      await rate(feedbackToTraining(stores), effort),
      await readRate(stores, effort),
    ]);
  }
  const [first = [], last = []] = [bySize.at(0), bySize.at(-1)];
  return {
    tables: [
      {
        title: 'Messages a second; for reading, newest batches a second',
        columns: [
          'rows in the tables',
          'prediction-to-db',
          'feedback-to-db',
          'feedback-to-training',
          'newest batches',
        ],
        rows: bySize.map((rates, i) => [sizes[i] ?? 0, ...rates]),
      },
    ],
    targets: ['prediction-to-db', 'feedback-to-db', 'feedback-to-training', 'newest batches'].map(
      (name, i) => ({
        what: `${name}: times slower with the most rows`,
        measured: (first[i]?.median ?? Number.NaN) / (last[i]?.median ?? Number.NaN),
        atMost: mostTimesSlower,
      }),
    ),
  };
}

async function rate<Work>(contest: Contest<Work>, { rounds }: Effort): Promise<Spread> {
  const series = await alternate(rounds, {
    ours: async () => {
      const prepared = await contest.prepare(rowsOfMessage, messages);
      return (messages / (await timed(() => inFlight(1, prepared, contest.ours)))) * 1_000;
    },
  });
  return series.spread('ours');
}

async function readRate({ db }: Stores, { rounds }: Effort): Promise<Spread> {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const reads = Array.from({ length: 50 }, (_, i) => i);
    rates.push((reads.length / (await timed(() => inFlight(1, reads, () => db.newestBatches(100))))) * 1_000);
  }
  return spreadOf(rates.slice(1));
}
