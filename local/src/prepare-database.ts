import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, DataSet } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import {
  followDeclaration,
  functionsWithRights,
  loadSeed,
  type Migration,
  migrateDataSet,
  readMigrations,
  roleOf,
  setUpScript,
  storedDeclaration,
  type TakenOver,
  takeOver,
  upToDateScript,
  userOf,
  userScript,
} from '@banknote-loop/shared/postgres';
import { Client } from 'pg';
import { superuser, superuserPasswordFile } from './postgres/cluster.ts';

const root = join(import.meta.dirname, '../..');

export interface DatabaseAccess {
  readonly DBHOST: string;
  readonly DBPORT: string;
  readonly DBNAME: string;
  readonly DBUSER: string;
}

/** A server, and who owns the databases on it. */
export interface DatabaseServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const user = 'banknote_loop';

export interface Contents {
  readonly dataSet: DataSet;
  /** The file of its rows; without one the tables stay empty. */
  readonly csv?: string | undefined;
  readonly warn?: (message: string) => void;
  /** Whether tables follow a declaration that has changed also where that loses rows or values. */
  readonly force?: boolean;
  /** Told while a file is being loaded. */
  readonly progress?: (read: number, total: number) => void;
}

/**
 * Makes the database, its tables with the rows of a data set in them, and the user under whom the loop is looked after, who
 * has the rights of `ml_readwrite` and no others. Safe to run again: what is there stays, and tables of an earlier
 * version or declaration are brought up to date. A database of another data set is refused.
 */
export async function prepareDatabase(
  server: DatabaseServer,
  name: string,
  password: string,
  { dataSet, csv, warn, force, progress }: Contents = findDataSet('banknotes'),
): Promise<DatabaseAccess> {
  await asOwner(server, 'postgres', async client => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
  await asOwner(server, name, async client => {
    for (const { message } of await followDeclaration(client, dataSet, ownMigrations(), { force }))
      warn?.(message);
    await client.query(setUpScript({ dataSet, migrations: ownMigrations(), user, password }));
    if (csv === undefined) return;
    const { problems, problemCount } = await loadSeed(client, dataSet, csv, { warn, progress });
    for (const { line, message } of problems) warn?.(`${csv}:${line}: ${message}`);
    if (problemCount > problems.length) warn?.(`… and ${problemCount - problems.length} more`);
  });
  return accessTo(server, name);
}

/** How the functions get at a database that is prepared for them. */
export function accessTo(
  { host, port }: Pick<DatabaseServer, 'host' | 'port'>,
  name: string,
): DatabaseAccess {
  return { DBHOST: host, DBPORT: String(port), DBNAME: name, DBUSER: user };
}

/** As whom each function logs in where the loop's user is called so. */
export function usersOf(loopUser: string): ReadonlyMap<string, string> {
  return new Map(functionsWithRights.map(name => [name, userOf(name, loopUser)]));
}

/**
 * Makes the users of the functions, each with its own rights and password; answers as whom which function logs in. For one
 * without a password none is made.
 */
export async function prepareUsers(
  server: DatabaseServer,
  { DBNAME, DBUSER }: Pick<DatabaseAccess, 'DBNAME' | 'DBUSER'>,
  passwordOf: (functionName: string) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    [...usersOf(DBUSER)].map(async ([name, user]) => {
      const password = await passwordOf(name);
      return password ? [{ name, user, password }] : [];
    }),
  );
  const users = found.flat();
  const scripts = users.map(({ name, ...user }) => userScript({ ...user, role: roleOf(name) }));
  await asOwner(server, DBNAME, client => client.query(scripts.join('')));
  return new Map(users.map(({ name, user }) => [name, user]));
}

/** Brings a database's tables up to date; answers what was done. */
export function migrateDatabase(
  server: DatabaseServer,
  name: string,
  dataSet: DataSet,
): Promise<readonly Migration[]> {
  return asOwner(server, name, async client => {
    const migrations = ownMigrations();
    const before = await versionOf(client);
    await client.query(upToDateScript(dataSet, migrations));
    return migrations.filter(({ version }) => version > before);
  });
}

/** Makes the tables of the demo of before into the loop's; answers what became of each. */
export function takeOverDatabase(server: DatabaseServer, name: string, dataSet: DataSet): Promise<TakenOver> {
  return asOwner(server, name, client => takeOver(client, dataSet, ownMigrations()));
}

/** Brings a database's tables to another declaration of its data set; answers what has changed. */
export function migrateDeclaration(
  server: DatabaseServer,
  name: string,
  dataSet: DataSet,
  options: { readonly force?: boolean },
): Promise<readonly Change[]> {
  return asOwner(server, name, client => migrateDataSet(client, dataSet, options));
}

/** The declaration by which a database's tables are made. */
export function readDeclaration(server: DatabaseServer, name: string): Promise<DataSet> {
  return asOwner(server, name, storedDeclaration);
}

/** The migrations of this checkout. */
export function ownMigrations(): readonly Migration[] {
  return readMigrations(join(root, 'migrations'));
}

/** Who owns the databases of a loop on this machine that keeps its data in this folder. */
export function localOwner(folder: string): Pick<DatabaseServer, 'user' | 'password'> {
  return {
    user: superuser,
    password: readFileSync(superuserPasswordFile(join(folder, 'postgres')), 'utf8'),
  };
}

async function versionOf(client: Client): Promise<number> {
  const { rows: tables } = await client.query("select where to_regclass('schema_versions') is not null");
  if (tables.length === 0) return 0;
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from schema_versions',
  );
  return rows[0]?.version ?? 0;
}

async function asOwner<T>(
  server: DatabaseServer,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { host, port, password } = server;
  const client = new Client({
    host,
    port,
    user: server.user,
    password,
    database,
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
