import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { type CsvItem, type CsvProblem, readCsv } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { type ReadingOptions, textOf } from '../data-set/text-file.ts';
import { integers } from './arrays.ts';
import { arrayParameters, columnArrays, columnList } from './features.ts';
import { tablesLock } from './schema.ts';
import { positionOf } from './set-up.ts';
import { hashIndexes } from './tables/training.ts';

export interface LoadedSeed {
  /** Rows that were not there before. */
  readonly added: number;
  /** The first lines that could not be loaded, and how many there were in all. */
  readonly problems: readonly CsvProblem[];
  readonly problemCount: number;
}

const nothing: LoadedSeed = { added: 0, problems: [], problemCount: 0 };
const mostProblems = 20;
const rowsOfStatement = 5_000;

/**
 * Loads the rows of a data set's file, as the owner of its tables, in one transaction. A file that has been loaded is
 * not read by lines again; of one that has changed since, the lines that are new are added.
 */
export async function loadSeed(
  client: ClientBase,
  dataSet: DataSet,
  path: string,
  options: ReadingOptions = {},
): Promise<LoadedSeed> {
  const fingerprint = await fingerprintOf(path);
  await client.query('begin');
  try {
    // Of two who start at once, the second finds everything there.
    await client.query('select pg_advisory_xact_lock($1)', [tablesLock]);
    const { rows } = await client.query<{ seed: string | null }>('select seed from data_set');
    const loaded = rows[0]?.seed === fingerprint ? nothing : await insertAll(client, dataSet, path, options);
    await client.query('update data_set set seed = $1', [fingerprint]);
    await client.query('commit');
    return loaded;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function fingerprintOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function insertAll(
  client: ClientBase,
  dataSet: DataSet,
  path: string,
  options: ReadingOptions,
): Promise<LoadedSeed> {
  const { rows } = await client.query<{ empty: boolean }>(
    'select not exists (select from training) as empty',
  );
  const isEmpty = rows[0]?.empty ?? false;
  const insert = insertRows(dataSet, isEmpty);
  // Half a million hashes are sorted at once in less time than each is put into its place.
  if (isEmpty) await client.query('drop index training_by_note, training_of_data_set');
  const problems: CsvProblem[] = [];
  let problemCount = 0;
  let added = 0;
  let waiting: CsvItem[] = [];
  // The next rows are read while the server stores the last ones.
  let stored = Promise.resolve();
  const store = async (items: readonly CsvItem[]): Promise<void> => {
    const values = valuesOf(dataSet, items);
    await stored;
    stored = client.query(insert, values).then(({ rowCount }) => {
      added += rowCount ?? 0;
    });
    // It is waited for by the next, and must not end the process before.
    stored.catch(() => {});
  };
  for await (const part of readCsv(dataSet, textOf(path, options), { labelled: true })) {
    problemCount += part.problems.length;
    problems.push(...part.problems.slice(0, mostProblems - problems.length));
    waiting = waiting.concat(part.items);
    if (waiting.length >= rowsOfStatement) {
      await store(waiting);
      waiting = [];
    }
  }
  await store(waiting);
  await stored;
  if (isEmpty) await client.query(hashIndexes);
  return { added, problems, problemCount };
}

function insertRows(dataSet: DataSet, isEmpty: boolean): string {
  const columns = columnList(dataSet);
  const last = dataSet.features.length + 2;
  const parameters = ['$1::int[]', ...arrayParameters(dataSet, 2), `$${last}::int[]`].join(', ');
  const insert = `insert into training (position, ${columns}, class) select * from unnest(${parameters})`;
  return isEmpty ? insert : `${insert} on conflict do nothing`;
}

function valuesOf(dataSet: DataSet, items: readonly CsvItem[]): Buffer[] {
  return [
    integers(items.map(({ line }) => positionOf(dataSet, line))),
    ...columnArrays(
      dataSet,
      items.map(({ row }) => row),
    ),
    integers(items.map(({ label = null }) => label)),
  ];
}
