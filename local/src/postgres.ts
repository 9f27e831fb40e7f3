import path from 'node:path';
import { findFreePort } from './ports.ts';
import { ensureCluster, superuser } from './postgres/cluster.ts';
import { findHome } from './postgres/home.ts';
import { type Log, type RunningProcess, startProcess } from './processes.ts';

export const postgresHost = '127.0.0.1';
const database = 'postgres';

export interface PostgresOptions {
  /** Where the data and the superuser's password are kept. */
  readonly folder: string;
  readonly port?: number;
  /** False trades safety at a power cut for speed: for tests. */
  readonly durable?: boolean;
  /** Of the server, beside those that it always has. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives what a user should know, a line at a time. */
  readonly announce?: Log;
  /** Receives the server's own log. */
  readonly log?: Log;
}

export interface Postgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly superuserUrl: string;
  readonly dataFolder: string;
  /** Resolves when the server that runs now is gone. */
  ended(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts a real PostgreSQL on the loopback interface, making its database cluster at the first start. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { durable = true, settings = {}, announce = () => undefined, log } = options;
  const folder = path.resolve(options.folder);
  const home = findHome(folder, announce);
  const { dataFolder, password } = await ensureCluster(folder, home, durable);
  const port = options.port ?? (await findFreePort());
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: `PostgreSQL on port ${port}`,
      command: path.join(home.binFolder, 'postgres'),
      args: ['-D', dataFolder, ...settingsAsArgs(port, durable, settings)],
      readyText: 'database system is ready to accept connections',
      stopSignal: 'SIGINT',
      account: home.account,
      env: { LC_ALL: 'C' },
      log,
    });
  let server = await start();

  return {
    host: postgresHost,
    port,
    user: superuser,
    password,
    superuserUrl: `postgres://${superuser}:${password}@${postgresHost}:${port}/${database}`,
    dataFolder,
    stop: () => server.stop(),
    kill: () => server.kill(),
    ended: () => server.ended,
    async restart() {
      await server.stop();
      server = await start();
    },
  };
}

/** Settings are given at each start rather than written into the cluster, so that they can change with the code. */
function settingsAsArgs(port: number, durable: boolean, more: Readonly<Record<string, string>>): string[] {
  const settings = {
    port,
    listen_addresses: postgresHost,
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: 100,
    lc_messages: 'C',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
