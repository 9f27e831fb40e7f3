import { randomUUID } from 'node:crypto';
import type { Postgres } from '@banknote-loop/local/postgres';
import { type DatabaseServer, prepareDatabase } from '@banknote-loop/local/prepare-database';
import type { Redis } from '@banknote-loop/local/redis';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { connectPostgres, Database, Password, userOf } from '@banknote-loop/shared/postgres';
import { Cache, connectRedis } from '@banknote-loop/shared/redis';
import { Client, type Pool } from 'pg';
import { pino } from 'pino';

// The real services that tests work on. Every test database is a copy of one template, and every connection to it is
// made with the rights that the functions have, never as the owner.

export const templateDatabase = 'banknotes_template';
export const testPassword = 'only-for-tests';
export const quiet = pino({ level: 'silent' });

interface Kept {
  readonly folder: string;
  readonly postgres: Postgres;
  readonly redis: Redis;
}

let kept: Kept | undefined;

export function keepForTeardown(services: Kept): void {
  kept = services;
}

export function takeForTeardown(): Kept {
  if (!kept) throw new Error('The test services were not started.');
  return kept;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function addressOf(variable: 'TEST_POSTGRES'): DatabaseServer;
function addressOf(variable: 'TEST_REDIS'): Address;
function addressOf(variable: string): unknown {
  return JSON.parse(process.env[variable] ?? '{}');
}

export interface TestDatabase {
  readonly db: Database;
  /** For looking at what the functions wrote, with the same rights. */
  readonly pool: Pool;
  readonly settings: Readonly<Record<'DBHOST' | 'DBPORT' | 'DBNAME' | 'DBUSER', string>>;
  /** The same database as one of the functions sees it, who logs in as its own user. */
  ofFunction(name: string): Promise<Database>;
  /** Runs statements to which the functions have no right. */
  asOwner(statements: string): Promise<void>;
  /** Ends the connections: the tables stay, and others can be made as copies of them. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** A database without connections to make it a copy of. */
  readonly copyOf?: string | undefined;
  /** Banknotes, if nothing is said. */
  readonly dataSet?: DataSet;
  /** The rows of a data set other than banknotes; without a file its tables are empty. */
  readonly csv?: string;
  /** Whether `bank_data.csv` is in the tables of banknotes. */
  readonly seeded?: boolean;
}

/** A database of its own for a test file, with the tables of a data set. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const {
    dataSet = findDataSet('banknotes').dataSet,
    csv,
    seeded = true,
    copyOf = templateDatabase,
  } = options;
  const server = addressOf('TEST_POSTGRES');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  if (options.dataSet) {
    await prepareDatabase(server, name, testPassword, { dataSet, csv });
    await fixHoldOut(name);
  } else {
    await asOwner(`create database ${name} template ${copyOf}`);
  }
  const settings = {
    DBHOST: server.host,
    DBPORT: String(server.port),
    DBNAME: name,
    DBUSER: 'banknote_loop',
  };
  const password = new Password(async () => testPassword);
  const connect = (user: string) =>
    connectPostgres({ ...settings, DBUSER: user, DBPORT: server.port, DBPOOL: 6 }, password, quiet);
  const pool = await connect(settings.DBUSER);
  const own = new Map<string, Pool>();
  const disconnect = async () => {
    await Promise.all([pool, ...own.values()].map(one => (one.ending ? undefined : one.end())));
  };
  if (!seeded) await pool.query('delete from training');
  return {
    db: new Database(pool, password, dataSet),
    pool,
    settings,
    async ofFunction(functionName) {
      const other = own.get(functionName) ?? (await connect(userOf(functionName, settings.DBUSER)));
      own.set(functionName, other);
      return new Database(other, password, dataSet);
    },
    asOwner: statements => asOwner(statements, name),
    disconnect,
    async close() {
      await disconnect();
      await asOwner(`drop database ${name} with (force)`);
    },
  };
}

/** The same items judge in every run: those that a deployment draws would be others each time. */
export function fixHoldOut(database: string): Promise<void> {
  return asOwner(`update hold_out set salt = '\\x00'`, database);
}

async function asOwner(statements: string, database = 'postgres'): Promise<void> {
  const owner = new Client({ ...addressOf('TEST_POSTGRES'), database });
  await owner.connect();
  try {
    await owner.query(statements);
  } finally {
    await owner.end();
  }
}

export interface TestCache {
  readonly cache: Cache;
  readonly settings: Readonly<Record<'REDISHOST' | 'REDISPORT', string>>;
  close(): Promise<void>;
}

/** An empty Redis of the test worker's own: the workers of one run each have a numbered database. */
export async function openTestCache(): Promise<TestCache> {
  const { host, port } = addressOf('TEST_REDIS');
  const redis = await connectRedis({ REDISHOST: host, REDISPORT: port }, quiet);
  await redis.select(Number(process.env.JEST_WORKER_ID ?? 1));
  await redis.flushdb();
  return {
    cache: new Cache(redis),
    settings: { REDISHOST: host, REDISPORT: String(port) },
    close: async () => redis.disconnect(),
  };
}
