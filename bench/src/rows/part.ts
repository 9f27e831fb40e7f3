import { alternate, inFlight, type Spread, timed } from '../measure.ts';
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
export const notesOfSmall = 100_000;

export const rows: Part = {
  name: 'rows',
  summary: 'a table of predictions as it grows, beside a small one; and how fast what nobody rated goes',
  takesLong: true,

  async measure(effort) {
    const [large, small] = [await openStores(), await openStores()];
    try {
      await fillWithOld(small.owner, 0, notesOfSmall);
      return await measureSizes(large, small, effort);
    } finally {
      await Promise.all([large.close(), small.close()]);
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
  ['lists of 20 notes to review a second, least certain first', reviewRate],
]);

async function measureSizes(stores: Stores, small: Stores, { quick, rounds }: Effort): Promise<Findings> {
  const sizes = quick ? [100_000, 1_000_000] : [1_000_000, 5_000_000, 20_000_000, 50_000_000];
  const measured: Measured[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fillWithOld(stores.owner, filled, size);
    filled = size;
    measured.push(await measureSize(stores, small, size, rounds));
  }
  const named = sizes.map(size => size.toLocaleString('en'));
  const last = measured.at(-1);
  return {
    tables: [
      {
        title: `By the rows in the table, and how many times slower than with ${notesOfSmall.toLocaleString('en')}`,
        columns: ['work', ...named.flatMap(size => [size, 'x slower'])],
        rows: [
          ...[...works.keys()].map(name => [
            name,
            ...measured.flatMap(({ rates }) => [rates.get(name)?.rate ?? '', rates.get(name)?.slower ?? '']),
          ]),
          ['bytes of a row, with its indexes', ...measured.flatMap(({ bytes }) => [bytes, ''])],
        ],
      },
      {
        title: `From the ${named.at(-1)}`,
        columns: ['work', 'notes a second'],
        rows: [['what nobody rated is taken out', await expiryRate(stores)]],
      },
    ],
    targets: [...works.keys()].map(name => ({
      what: `${name}: times slower with ${named.at(-1)} rows than with ${notesOfSmall.toLocaleString('en')}`,
      measured: last?.rates.get(name)?.slower.median ?? Number.NaN,
      atMost: mostTimesSlower,
    })),
  };
}

export interface Measured {
  readonly rates: ReadonlyMap<string, { readonly rate: Spread; readonly slower: Spread }>;
  readonly bytes: number;
}

/** Lets a table of so many rows and a small one take turns, so that whatever else the machine does befalls both. */
export async function measureSize(
  stores: Stores,
  small: Stores,
  size: number,
  rounds: number,
): Promise<Measured> {
  const rates = new Map<string, { readonly rate: Spread; readonly slower: Spread }>();
  const bytes = (await bytesOf(stores)) / size;
  for (const [name, work] of works) {
    const series = await alternate(rounds, {
      here: () => work(stores, size),
      small: () => work(small, notesOfSmall),
    });
    rates.set(name, { rate: series.spread('here'), slower: series.ratio('small', 'here') });
  }
  // To fill a table takes long: whoever ends it before the end has what was measured until then.
  const columns = [...rates.values()].map(
    ({ rate, slower }) => `${rate.median.toFixed(0)} (${slower.median.toFixed(2)})`,
  );
  console.error(`  ${size.toLocaleString('en')} rows: ${columns.join(', ')}; ${bytes.toFixed(0)} bytes each`);
  return { rates, bytes };
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

async function reviewRate({ db }: Stores): Promise<number> {
  const turns = Array.from({ length: lists }, (_, i) => i);
  return (lists / (await timed(() => inFlight(1, turns, () => db.reviews.notes('uncertain', 20))))) * 1_000;
}

async function bytesOf({ owner }: Stores): Promise<number> {
  const { rows } = await owner.query<{ bytes: string }>(
    `select pg_total_relation_size('predictions') as bytes`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Takes out what is older than it may be, some hundred thousand notes. */
export async function expiryRate({ db, owner }: Stores): Promise<number> {
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
