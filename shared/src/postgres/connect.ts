import type { ConnectionOptions } from 'node:tls';
import type { CustomTypesConfig, Pool, PoolConfig } from 'pg';
import type { Logger } from '../base/log.ts';

export interface ConnectionSettings {
  readonly DBHOST: string;
  readonly DBPORT: number;
  readonly DBNAME: string;
  readonly DBUSER: string;
  readonly DBPOOL: number;
}

const invalidPassword = '28P01';

/** The number of `timestamptz` in PostgreSQL's catalogue. */
const timeWithZone = 1184;

/**
 * A small pool that heals by itself: a lost connection is dropped and the next query opens another. Every wait has an
 * end: for a connection, for a statement on the server, and for an answer that never comes.
 */
export async function connectPostgres(
  { DBHOST, DBPORT, DBNAME, DBUSER, DBPOOL }: ConnectionSettings,
  password: Password,
  log: Logger,
  tls?: ConnectionOptions,
): Promise<Pool> {
  const { pg } = await import('../clients/postgres.ts');
  const config: PoolConfig = {
    host: DBHOST,
    port: DBPORT,
    database: DBNAME,
    user: DBUSER,
    password: () => password.read(),
    // Said in any case: the driver would else look for it in the environment by itself.
    ssl: tls ?? false,
    max: DBPOOL,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 20_000,
    query_timeout: 25_000,
    application_name: 'banknote-loop',
    types: withTimesAsText(pg.types),
  };
  const pool = new pg.Pool(config);
  pool.on('error', error => log.warn({ reason: error.message }, 'an idle database connection was lost'));
  return pool;
}

/** A time becomes what the contract's answers have: a text in ISO 8601, in UTC and to the millisecond. */
function withTimesAsText({ getTypeParser }: CustomTypesConfig): CustomTypesConfig {
  const parse: (text: string) => Date = getTypeParser(timeWithZone);
  const toText = (text: string): string => parse(text).toISOString();
  return {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === timeWithZone && format !== 'binary' ? toText : getTypeParser(oid, format),
  };
}

/** The database password, read once and kept until the server refuses it: then a new version has been set. */
export class Password {
  readonly #read: () => Promise<string>;
  #known: Promise<string> | undefined;

  constructor(read: () => Promise<string>) {
    this.#read = read;
  }

  async read(): Promise<string> {
    this.#known ??= this.#read().catch(error => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }

  /** Call with every failure: a refused password is read anew for the next attempt. Answers whether it was refused. */
  forgetIfRefused(error: unknown): boolean {
    const refused = error instanceof Error && Reflect.get(error, 'code') === invalidPassword;
    if (refused) this.#known = undefined;
    return refused;
  }
}
