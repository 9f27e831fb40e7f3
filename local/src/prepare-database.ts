import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    await client.query(readFileSync(join(root, 'schema.sql'), 'utf8'));
    await client.query(createUser(client.escapeLiteral(password)));
    await client.query(seed, [bankData()]);
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

const createUser = (password: string): string => `
  do $$ begin create role ${user} login; exception when duplicate_object or unique_violation then null; end $$;
  alter role ${user} password ${password};
  grant ml_readwrite to ${user};`;

// The line of the file is the key of its row, so that loading it again adds nothing.
const seed = `
  insert into training (position, variance, skewness, curtosis, entropy, class)
  select row_number() over (), split_part(line, ',', 1)::float8, split_part(line, ',', 2)::float8,
    split_part(line, ',', 3)::float8, split_part(line, ',', 4)::float8, split_part(line, ',', 5)::smallint
  from regexp_split_to_table($1, '\\n') as line
  on conflict do nothing`;

function bankData(): string {
  const [, ...lines] = readFileSync(join(root, 'bank_data.csv'), 'utf8').trim().split(/\r?\n/);
  return lines.join('\n');
}
