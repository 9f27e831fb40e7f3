import { rmSync } from 'node:fs';
import type { Postgres } from '@banknote-loop/local/postgres';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { createLogger } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { connectPostgres, Database, Password } from '@banknote-loop/shared/postgres';
import { aPrediction, until } from '@banknote-loop/testing';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Client } from 'pg';
import { archivedSegments, archiveTimeoutSeconds, restore, startArchiving, takeBase } from './backup.ts';

export interface Restored {
  /** From the order to restore until the server takes work. */
  readonly seconds: number;
  readonly batches: number;
  /** Of the batches that had been acknowledged and should be there. */
  readonly lost: number;
}

export interface DrillReport {
  readonly base: { readonly seconds: number; readonly megabytes: number };
  /** Somebody deletes everything: back to the moment before. */
  readonly accident: Restored;
  /** The machine is lost: as far as its log had been carried away. */
  readonly disaster: Restored & { readonly lostSeconds: number };
  /** What is still missing once everything since the moment before has been delivered again. */
  readonly missingAtLast: number;
}

interface Stored {
  readonly prediction: ReturnType<typeof aPrediction>;
  /** By `performance.now()`. */
  readonly acknowledgedAt: number;
}

const { dataSet } = findDataSet('banknotes');
const database = 'banknotes';
const password = 'only-for-this-drill';
const subjects = Array.from({ length: 20 }, (_, i) => `note ${i}`);

/** Loses a PostgreSQL, by somebody's mistake and with its machine, and gets it back from a base backup and the log. */
export async function runDrill({ batches }: { readonly batches: number }): Promise<DrillReport> {
  const folder = makeTempFolder();
  const servers: Postgres[] = [];
  const keep = (server: Postgres): Postgres => {
    servers.push(server);
    return server;
  };
  try {
    const postgres = keep(await startArchiving(folder));
    await prepareDatabase(postgres, database, password, { dataSet });
    const loop = await openDatabase(postgres);
    const before = await store(loop, batches);
    // The loop goes on meanwhile.
    const [base, during] = await Promise.all([takeBase(folder, postgres), store(loop, batches)]);
    before.push(...during, ...(await store(loop, batches)));

    const moment = await timeOf(postgres);
    await asOwner(postgres, client => client.query('delete from predictions'));
    const since: Stored[] = [];
    const segments = archivedSegments(folder);
    await until('the log has been carried away twice', async () => {
      since.push(...(await store(loop, 1)));
      return archivedSegments(folder) >= segments + 2;
    });
    // Machines are not lost at the very moment at which a segment has been carried away.
    const end = performance.now() + (archiveTimeoutSeconds * 1_000) / 2;
    while (performance.now() < end) since.push(...(await store(loop, 1)));
    await loop.close();
    await postgres.kill();
    rmSync(postgres.dataFolder, { recursive: true });

    const [atMoment, accident] = await timedRestore(() => restore(folder, 'accident', moment));
    const [atEnd, disaster] = await timedRestore(() => restore(folder, 'disaster'));
    const [first, last] = [await openDatabase(keep(atMoment)), await openDatabase(keep(atEnd))];
    const foundFirst = await found(first, before);
    const foundLast = await found(last, since);
    for (const { prediction } of since) await first.db.predictions.store({ prediction, created: new Date() });
    const missingAtLast = (await found(first, [...before, ...since])).missing.length;
    await Promise.all([first.close(), last.close()]);
    return {
      base,
      accident: { seconds: accident, batches: foundFirst.there, lost: foundFirst.missing.length },
      disaster: {
        seconds: disaster,
        batches: foundLast.there,
        lost: foundLast.missing.length,
        lostSeconds: spanOf(foundLast.missing, since),
      },
      missingAtLast,
    };
  } finally {
    await Promise.all(servers.map(server => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timedRestore(work: () => Promise<Postgres>): Promise<readonly [Postgres, number]> {
  const startedAt = performance.now();
  const server = await work();
  return [server, (performance.now() - startedAt) / 1_000];
}

interface Open {
  readonly db: Database;
  close(): Promise<void>;
}

async function openDatabase({ host, port }: Postgres): Promise<Open> {
  const functions = new Password(async () => password);
  const settings = { DBHOST: host, DBPORT: port, DBNAME: database, DBUSER: 'banknote_loop', DBPOOL: 2 };
  const pool = await connectPostgres(settings, functions, createLogger('drill', 'silent'));
  return { db: new Database(pool, functions, dataSet), close: () => pool.end() };
}

async function store({ db }: Open, count: number): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let i = 0; i < count; i += 1) {
    const prediction = aPrediction({ subjects });
    await db.predictions.store({ prediction, created: new Date() });
    stored.push({ prediction, acknowledgedAt: performance.now() });
  }
  return stored;
}

async function found({ db }: Open, stored: readonly Stored[]) {
  const there = new Set(await db.batches.storedAmong(stored.map(({ prediction }) => prediction.batch_id)));
  const missing = stored.filter(({ prediction }) => !there.has(prediction.batch_id));
  return { there: there.size, missing };
}

/** How long before the end the first of these had been acknowledged. */
function spanOf(missing: readonly Stored[], all: readonly Stored[]): number {
  const [first] = missing;
  return first ? ((all.at(-1)?.acknowledgedAt ?? 0) - first.acknowledgedAt) / 1_000 : 0;
}

async function timeOf(postgres: Postgres): Promise<string> {
  const { rows } = await asOwner(postgres, client =>
    client.query<{ time: string }>('select clock_timestamp()::text as time'),
  );
  return rows[0]?.time ?? '';
}

async function asOwner<T>(postgres: Postgres, work: (client: Client) => Promise<T>): Promise<T> {
  const { host, port, user, password } = postgres;
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
