import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setUpScript } from '@banknote-loop/shared/postgres';
import { Client } from 'pg';

const root = join(import.meta.dirname, '../..');

export interface DatabaseAccess {
  readonly DBHOST: string;
  readonly DBPORT: string;
  readonly DBNAME: string;
  readonly DBUSER: string;
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const user = 'banknote_loop';

/**
 * Makes the database, its tables, and the user under which the functions work, who has the rights of `ml_readwrite`
 * and no others. Safe to run again: what is there stays.
 */
export async function prepareDatabase(
  server: Server,
  name: string,
  password: string,
): Promise<DatabaseAccess> {
  await asOwner(server, 'postgres', async client => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
  await asOwner(server, name, async client => {
    const schema = readFileSync(join(root, 'schema.sql'), 'utf8');
    const bankData = readFileSync(join(root, 'bank_data.csv'), 'utf8');
    await client.query(setUpScript({ schema, bankData, user, password }));
  });
  return { DBHOST: server.host, DBPORT: String(server.port), DBNAME: name, DBUSER: user };
}

async function asOwner(
  server: Server,
  database: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
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
    await work(client);
  } finally {
    await client.end();
  }
}
