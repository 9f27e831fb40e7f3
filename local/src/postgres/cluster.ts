import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { stopOrphan } from '../orphans.ts';
import type { PostgresHome } from './home.ts';

const run = promisify(execFile);
const onlyOwner = 0o600;

export const superuser = 'postgres';

export interface Cluster {
  readonly dataFolder: string;
  readonly password: string;
}

/**
 * Makes the files of a database cluster, once. The password stands in the project's folder and the data possibly
 * elsewhere: without its password the data is a leftover of a folder that was deleted, and starts over.
 */
export async function ensureCluster(folder: string, home: PostgresHome, durable: boolean): Promise<Cluster> {
  const dataFolder = path.join(home.clusterFolder, 'data');
  await stopOrphan({
    pidFile: path.join(dataFolder, 'postmaster.pid'),
    commandHolds: dataFolder,
    stopSignal: 'SIGINT',
  });

  const passwordFile = superuserPasswordFile(folder);
  if (existsSync(passwordFile) && existsSync(dataFolder)) {
    return { dataFolder, password: readFileSync(passwordFile, 'utf8') };
  }
  const password = randomBytes(24).toString('hex');
  rmSync(dataFolder, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  await initialise(dataFolder, password, home, durable);
  // Written last: a start that was cut short before this line starts over.
  writeFileSync(passwordFile, password, { mode: onlyOwner });
  return { dataFolder, password };
}

export function superuserPasswordFile(folder: string): string {
  return path.join(folder, 'superuser-password');
}

async function initialise(
  dataFolder: string,
  password: string,
  home: PostgresHome,
  durable: boolean,
): Promise<void> {
  const unfinished = `${dataFolder}.unfinished`;
  const passwordForInitdb = path.join(home.clusterFolder, 'initdb-password');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordForInitdb, { force: true });
  writeFileSync(passwordForInitdb, password, { mode: onlyOwner });
  if (home.account) chownSync(passwordForInitdb, home.account.uid, home.account.gid);

  const args = [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordForInitdb}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // The provider inside PostgreSQL sorts and changes case alike on every machine.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(path.join(home.binFolder, 'initdb'), args, { ...home.account, cwd: '/' });
  } finally {
    rmSync(passwordForInitdb, { force: true });
  }
  renameSync(unfinished, dataFolder);
}
