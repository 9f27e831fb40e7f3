import { spawnSync } from 'node:child_process';
import type { Account } from '../processes.ts';

const candidates = ['postgres', 'nobody'];

/** The account to run PostgreSQL as: it refuses to run as root. Undefined means as whoever runs us. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const account = accountNamed(name);
    if (account) return account;
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user postgres. Type: useradd --system postgres',
  );
}

function accountNamed(name: string): Account | undefined {
  const uid = idOf('-u', name);
  const gid = idOf('-g', name);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/** Whether the account may enter a folder, which takes the right to pass through every folder above it. */
export function canEnter(folder: string, account: Account | undefined): boolean {
  return spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
}
