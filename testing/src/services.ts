import { randomUUID } from 'node:crypto';
import type { Postgres } from '@banknote-loop/local/postgres';
import type { Redis } from '@banknote-loop/local/redis';
import { connectPostgres, Database, Password } from '@banknote-loop/shared/postgres';
import { Cache, connectRedis } from '@banknote-loop/shared/redis';
import { Client, type Pool } from 'pg';
import { pino } from 'pino';
import { banknotes } from './data-sets.ts';

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

function addressOf(variable: 'TEST_POSTGRES'): Address & { readonly user: string; readonly password: string };
function addressOf(variable: 'TEST_REDIS'): Address;
function addressOf(variable: string): unknown {
  return JSON.parse(process.env[variable] ?? '{}');
}

export interface TestDatabase {
  readonly db: Database;
  /** For looking at what the functions wrote, with the same rights. */
  readonly pool: Pool;
  readonly settings: Readonly<Record<'DBHOST' | 'DBPORT' | 'DBNAME' | 'DBUSER', string>>;
  /** Runs statements to which the functions have no right. */
  asOwner(statements: string): Promise<void>;
  close(): Promise<void>;
}

/** A database of its own for a test file: schema loaded, `bank_data.csv` in it unless asked otherwise. */
export async function openTestDatabase(options: { readonly seeded?: boolean } = {}): Promise<TestDatabase> {
  const { seeded = true } = options;
  const server = addressOf('TEST_POSTGRES');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asOwner(`create database ${name} template ${templateDatabase}`);
  const settings = {
    DBHOST: server.host,
    DBPORT: String(server.port),
    DBNAME: name,
    DBUSER: 'banknote_loop',
  };
  const password = new Password(async () => testPassword);
  const pool = await connectPostgres({ ...settings, DBPORT: server.port, DBPOOL: 6 }, password, quiet);
  if (!seeded) await pool.query('delete from training');
  return {
    db: new Database(pool, password, banknotes),
    pool,
    settings,
    asOwner: statements => asOwner(statements, name),
    async close() {
      await pool.end();
      await asOwner(`drop database ${name} with (force)`);
    },
  };
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
