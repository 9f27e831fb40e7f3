import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { stopOrphan } from './orphans.ts';
import { findFreePort } from './ports.ts';
import { type Log, type RunningProcess, startProcess } from './processes.ts';

const host = '127.0.0.1';

export interface RedisOptions {
  /** Where the data is kept; without it, it is lost when the server ends. */
  readonly folder?: string;
  readonly port?: number;
  /** Further arguments of the server; the last word counts. */
  readonly args?: readonly string[];
  /** Receives the server's own log. */
  readonly log?: Log;
}

export interface Redis {
  readonly host: string;
  readonly port: number;
  pid(): number;
  /** Resolves when the server that runs now is gone. */
  ended(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts the machine's own redis-server on the loopback interface. */
export async function startRedis({
  folder,
  port: wanted,
  args = [],
  log,
}: RedisOptions = {}): Promise<Redis> {
  const storage = folder === undefined ? ['--appendonly', 'no'] : await storageIn(path.resolve(folder));
  const port = wanted ?? (await findFreePort());
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: `Redis on port ${port}`,
      command: 'redis-server',
      args: [...serving(port), ...storage, ...args],
      readyText: 'Ready to accept connections',
      stopSignal: 'SIGTERM',
      log,
    });
  let server = await start();

  return {
    host,
    port,
    stop: () => server.stop(),
    kill: () => server.kill(),
    pid: () => server.pid,
    ended: () => server.ended,
    async restart() {
      await server.stop();
      server = await start();
    },
  };
}

function serving(port: number): string[] {
  const memory = ['--maxmemory-policy', 'noeviction'];
  return ['--bind', host, '--protected-mode', 'yes', '--port', String(port), '--save', '', ...memory];
}

async function storageIn(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const pidFile = path.join(folder, 'redis.pid');
  // Two servers that append to one file would ruin it.
  await stopOrphan({ pidFile, commandHolds: 'redis-server', stopSignal: 'SIGTERM' });
  return ['--dir', folder, '--pidfile', pidFile, '--appendonly', 'yes', '--appendfsync', 'everysec'];
}
