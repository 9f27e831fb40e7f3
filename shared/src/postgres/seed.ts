import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { type CsvItem, type CsvProblem, readCsv } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { type ReadingOptions, requireFile, textOf } from '../data-set/text-file.ts';
import { integers } from './arrays.ts';
import { arrayParameters, columnArrays, columnList } from './features.ts';
import { tablesLock } from './schema.ts';
import { positionOf, whereLinesChanged } from './set-up.ts';
import { hashIndexes } from './tables/training.ts';

export interface LoadedSeed {
  /** Rows that were not there before. */
  readonly added: number;
  /** Rows that were there, and of which the file says something else now, or the declaration takes more from it. */
  readonly changed: number;
  /** The first lines that could not be loaded, and how many there were in all. */
  readonly problems: readonly CsvProblem[];
  readonly problemCount: number;
}

const nothing: LoadedSeed = { added: 0, changed: 0, problems: [], problemCount: 0 };
const mostProblems = 20;
const rowsOfStatement = 5_000;

/**
 * Loads the rows of a data set's file, as the owner of its tables, in one transaction. A file that has been loaded is
 * not read by lines again, unless it has changed since, or the declaration by which it was read: then lines that are new
 * are added, and rows follow theirs. Rows stay when their file is gone.
 */
export async function loadSeed(
  client: ClientBase,
  dataSet: DataSet,
  path: string,
  options: ReadingOptions = {},
): Promise<LoadedSeed> {
  if (!existsSync(path) && (await loadedBefore(client)) !== null) {
    options.warn?.(`There is no file ${path} any more: the rows that were loaded from it stay.`);
    return nothing;
  }
  await requireFile(path);
  const fingerprint = await fingerprintOf(dataSet, path);
  await client.query('begin');
  try {
    // Of two who start at once, the second finds everything there.
    await client.query('select pg_advisory_xact_lock($1)', [tablesLock]);
    const before = await loadedBefore(client);
    const loaded = before === fingerprint ? nothing : await insertAll(client, dataSet, path, options);
    await client.query('update data_set set seed = $1', [fingerprint]);
    await client.query('commit');
    return loaded;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** By what file and declaration rows have been loaded; null where none have. */
async function loadedBefore(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ seed: string | null }>('select seed from data_set');
  return rows[0]?.seed ?? null;
}

async function fingerprintOf({ features, label, header }: DataSet, path: string): Promise<string> {
  // How people are told of a feature makes no difference to its values.
  const read = features.map(feature => ({ ...feature, hint: undefined, example: undefined }));
  const hash = createHash('sha256').update(JSON.stringify([read, label, header]));
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
  let changed = 0;
  let waiting: CsvItem[] = [];
  // The next rows are read while the server stores the last ones.
  let stored = Promise.resolve();
  const store = async (items: readonly CsvItem[]): Promise<void> => {
    const values = valuesOf(dataSet, items);
    await stored;
    stored = client.query<{ is_new: boolean }>(insert, values).then(({ rowCount, rows: written }) => {
      const kept = written.filter(row => !row.is_new).length;
      added += (rowCount ?? 0) - kept;
      changed += kept;
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
  return { added, changed, problems, problemCount };
}

function insertRows(dataSet: DataSet, isEmpty: boolean): string {
  const columns = columnList(dataSet);
  const last = dataSet.features.length + 2;
  const parameters = ['$1::int[]', ...arrayParameters(dataSet, 2), `$${last}::int[]`].join(', ');
  const insert = `insert into training (position, ${columns}, class) select * from unnest(${parameters})`;
  return isEmpty ? insert : `${insert} ${whereLinesChanged(dataSet)} returning xmax = 0 as is_new`;
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
