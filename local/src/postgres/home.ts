import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Account, Log } from '../processes.ts';
import { canEnter, postgresAccount } from './account.ts';
import { bundledInstallation, copyInstallation } from './binaries.ts';

/** The folder for what the account of PostgreSQL cannot reach in the project's own folder. */
const systemFolder = '/var/lib';

/** Where one PostgreSQL lives. */
export interface PostgresHome {
  readonly binFolder: string;
  /** The parent of the data folder; PostgreSQL's account owns it. */
  readonly clusterFolder: string;
  readonly account: Account | undefined;
}

/** Finds a home that PostgreSQL's account can reach, which under root a clone in /root, say, is not. */
export function findHome(folder: string, announce: Log): PostgresHome {
  mkdirSync(folder, { recursive: true });
  const account = postgresAccount();
  return {
    account,
    binFolder: path.join(reachableInstallation(account, announce), 'bin'),
    clusterFolder: ownedBy(account, reachableFolder(folder, account, announce)),
  };
}

function reachableInstallation(account: Account | undefined, announce: Log): string {
  const bundled = bundledInstallation();
  if (canEnter(path.join(bundled.folder, 'bin'), account)) return bundled.folder;
  const target = path.join(systemFolder, `banknote-loop-postgres-${bundled.version}`);
  announce(
    `PostgreSQL does not run as root, and its own account cannot reach its programs: they are copied to ${target}.`,
  );
  return copyInstallation(bundled, target).folder;
}

function reachableFolder(folder: string, account: Account | undefined, announce: Log): string {
  if (canEnter(folder, account)) return path.join(folder, 'cluster');
  const target = path.join(systemFolder, `banknote-loop-${shortHash(path.resolve(folder))}`);
  announce(
    `PostgreSQL does not run as root, and its own account cannot reach ${folder}: its data is in ${target}.`,
  );
  return target;
}

function ownedBy(account: Account | undefined, folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
