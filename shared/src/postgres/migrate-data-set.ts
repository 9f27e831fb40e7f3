import type { ClientBase } from 'pg';
import type { DataSet } from '../data-set/declaration.ts';
import { checkDeclaration } from '../data-set/declaration-check.ts';
import { type Change, diffDataSets } from '../data-set/diff.ts';
import { trainingLock } from './decisions.ts';
import { changeTables } from './declaration-change.ts';
import { type Migration, migrationScript } from './migrations.ts';
import { refuseOthers, tablesLock } from './schema.ts';

/**
 * Brings the tables of a data set, and the rows in them, from the declaration that they were made by to another one, in
 * one transaction, as their owner. Refuses what the new declaration says too little for, and, unless it is forced,
 * what loses rows or values. Answers what has changed.
 */
export async function migrateDataSet(
  client: ClientBase,
  after: DataSet,
  { force = false }: { readonly force?: boolean } = {},
): Promise<readonly Change[]> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [tablesLock]);
    await client.query(refuseOthers(after));
    const before = await storedDeclaration(client);
    const changes = diffDataSets(before, after);
    refuse(changes, force);
    if (changes.length > 0) {
      // A training knows classes by their numbers from its first statement to its last: it is waited for.
      await client.query('select pg_advisory_xact_lock($1)', [trainingLock]);
      await client.query('lock table predictions, training, words in access exclusive mode');
      await client.query(changeTables(before, after));
    }
    await client.query('commit');
    return changes;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/**
 * The same for a database of any state: one that has no tables yet is left alone, and tables of an earlier version are
 * brought up to date first.
 */
export async function followDeclaration(
  client: ClientBase,
  after: DataSet,
  migrations: readonly Migration[],
  options: { readonly force?: boolean } = {},
): Promise<readonly Change[]> {
  await client.query(refuseOthers(after));
  const { rows } = await client.query<{ known: boolean }>(
    "select to_regclass('data_set') is not null as known",
  );
  if (!rows[0]?.known) return [];
  await client.query(migrationScript(migrations));
  return migrateDataSet(client, after, options);
}

/** The declaration by which the tables were made. */
export async function storedDeclaration(client: ClientBase): Promise<DataSet> {
  const { rows } = await client.query<{ declaration: unknown }>('select declaration from data_set');
  const { dataSet, problems } = checkDeclaration(rows[0]?.declaration);
  if (dataSet) return dataSet;
  const [problem] = problems;
  throw new Error(
    `The declaration in the database is not in order: ${problem?.place.join('.')} ${problem?.message}`,
  );
}

function refuse(changes: readonly Change[], force: boolean): void {
  const lacking = changes.flatMap(({ message, lacks }) => (lacks ? [`${message} Say ${lacks}.`] : []));
  if (lacking.length > 0) throw new Error(lacking.join('\n'));
  const losing = changes.flatMap(({ message, losesData }) => (losesData ? [message] : []));
  if (losing.length > 0 && !force)
    throw new Error(`${losing.join('\n')}\nThat loses data: --force does it all the same.`);
}
