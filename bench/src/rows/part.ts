import { alternate, inFlight, type Spread, spreadOf, timed } from '../measure.ts';
import { prediction } from '../messages.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { openStores, type Stores } from '../stores.ts';
import { fillWithOld, idAt } from './fill.ts';

/** So many callers store, or look up, at a time. */
const width = 16;
const lookups = 400;
const lists = 40;
const singles = 1_000;
const large = 20;
const mostTimesSlower = 1.5;

export const rows: Part = {
  name: 'rows',
  summary:
    'one table of predictions as it grows: insert, look up, newest batches; and how fast what nobody rated goes',

  async measure(effort) {
    const stores = await openStores();
    try {
      return await measureSizes(stores, effort);
    } finally {
      await stores.close();
    }
  },
};

type Work = (stores: Stores, notes: number) => Promise<number>;

const works: ReadonlyMap<string, Work> = new Map<string, Work>([
  ['notes stored a second, batches of 1,000', stores => storeRate(stores, large, 1_000)],
  // These come last of what is stored, so that the newest batches are such as most are.
  ['notes stored a second, batches of 1, 16 at a time', stores => storeRate(stores, singles, 1)],
  ['batches looked up a second, by id, of any age', lookUpRate],
  ['lists of the newest 100 batches a second', listRate],
]);

async function measureSizes(stores: Stores, { quick, rounds }: Effort): Promise<Findings> {
  const sizes = quick ? [100_000, 1_000_000] : [1_000_000, 5_000_000, 20_000_000, 50_000_000];
  const measured = new Map<string, Spread[]>([...works.keys()].map(name => [name, []]));
  const bytes: number[] = [];
  const dead: Spread[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fillWithOld(stores.owner, filled, size);
    filled = size;
    bytes.push((await bytesOf(stores)) / size);
    for (const [name, work] of works) {
      const series = await alternate(rounds, { [name]: () => work(stores, size) });
      measured.get(name)?.push(series.spread(name));
    }
    // To fill it takes long: whoever ends it before the end has what was measured until then.
    const medians = [...measured.values()].map(spreads => Math.round(spreads.at(-1)?.median ?? 0));
    console.error(
      `  ${size.toLocaleString('en')} rows: ${medians.join(', ')}; ${bytes.at(-1)?.toFixed(0)} bytes each`,
    );
  }
  dead.push(spreadOf([await expiryRate(stores)]));
  const named = sizes.map(size => size.toLocaleString('en'));
  return {
    tables: [
      {
        title: 'By the rows in the table',
        columns: ['work', ...named],
        rows: [
          ...[...measured].map(([name, spreads]) => [name, ...spreads]),
          ['bytes of a row, with its indexes', ...bytes],
        ],
      },
      {
        title: `From the ${named.at(-1)}`,
        columns: ['work', 'notes a second'],
        rows: dead.map(rate => ['what nobody rated is taken out', rate]),
      },
    ],
    targets: [...measured].map(([what, spreads]) => ({
      what: `${what}: times slower with ${named.at(-1)} rows than with ${named.at(0)}`,
      measured: (spreads.at(0)?.median ?? 0) / (spreads.at(-1)?.median ?? 1),
      atMost: mostTimesSlower,
    })),
  };
}

async function storeRate({ db }: Stores, batches: number, notes: number): Promise<number> {
  const created = new Date();
  const messages = Array.from({ length: batches }, () => prediction(notes));
  const store = (message: (typeof messages)[number]) =>
    db.predictions.store({ prediction: message, created });
  return ((batches * notes) / (await timed(() => inFlight(width, messages, store)))) * 1_000;
}

async function lookUpRate({ db, owner }: Stores, size: number): Promise<number> {
  const any = Array.from({ length: lookups }, () => Math.floor(Math.random() * size));
  const ids = await Promise.all(any.map(note => idAt(owner, note)));
  return (lookups / (await timed(() => inFlight(width, ids, id => db.batches.notes(id))))) * 1_000;
}

async function listRate({ db }: Stores): Promise<number> {
  const turns = Array.from({ length: lists }, (_, i) => i);
  return (lists / (await timed(() => inFlight(1, turns, () => db.batches.newest(100))))) * 1_000;
}

async function bytesOf({ owner }: Stores): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select pg_total_relation_size('predictions') as bytes`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Takes out what is older than it may be, some hundred thousand notes. */
async function expiryRate({ db, owner }: Stores): Promise<number> {
  const { rows } = await owner.query<{ time: Date }>(
    'select created as time from predictions where position = 0 order by created, batch_id offset 40000 limit 1',
  );
  const time = rows[0]?.time ?? new Date(0);
  let gone = 0;
  const took = await timed(async () => {
    gone = (await db.expiry.unratedBefore(time)).notes;
  });
  return (gone / took) * 1_000;
}
