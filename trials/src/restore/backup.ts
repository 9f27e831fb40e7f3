import { chownSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@banknote-loop/local/postgres';
import { Client } from 'pg';

// A base backup and the log since, as PostgreSQL's documentation describes them for whoever has no pg_basebackup: the
// PostgreSQL of the development dependencies does not bring it along.

/** A segment of the log is carried away when it is full, or after so long. */
export const archiveTimeoutSeconds = 2;

/** Where a server has its data in its own folder. */
const dataFolder = join('cluster', 'data');

const liveIn = (folder: string): string => join(folder, 'live');
const baseIn = (folder: string): string => join(folder, 'base');
const archiveIn = (folder: string): string => join(folder, 'archive');

const carry = (from: string, to: string): string =>
  [process.execPath, join(import.meta.dirname, 'carry.mjs'), from, to].map(part => `"${part}"`).join(' ');

/** Starts a new server that carries its log away. */
export async function startArchiving(folder: string): Promise<Postgres> {
  mkdirSync(archiveIn(folder));
  const postgres = await startPostgres({
    folder: liveIn(folder),
    settings: {
      archive_mode: 'on',
      archive_timeout: `${archiveTimeoutSeconds}s`,
      archive_command: carry('%p', join(archiveIn(folder), '%f')),
    },
  });
  const { uid, gid } = statSync(postgres.dataFolder);
  chownSync(archiveIn(folder), uid, gid);
  return postgres;
}

/** How many segments have been carried away. */
export function archivedSegments(folder: string): number {
  return readdirSync(archiveIn(folder)).filter(name => /^[0-9A-F]{24}$/.test(name)).length;
}

/** Copies the files of a server that works meanwhile; with the log since the beginning, the copy is whole. */
export async function takeBase(folder: string, { host, port, user, password }: Postgres) {
  const startedAt = performance.now();
  const client = new Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    await client.query("select pg_backup_start('drill', true)");
    const bytes = copyTree(liveIn(folder), baseIn(folder));
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    leave(join(baseIn(folder), dataFolder), 'backup_label', rows[0]?.labelfile ?? '');
    return { seconds: (performance.now() - startedAt) / 1_000, megabytes: bytes / 1e6 };
  } finally {
    await client.end();
  }
}

/** Starts a server on the base backup that follows the log up to a moment, or to its end, and takes work from there. */
export function restore(folder: string, name: string, moment?: string): Promise<Postgres> {
  const restored = join(folder, name);
  copyTree(baseIn(folder), restored);
  leave(join(restored, dataFolder), 'recovery.signal', '');
  return startPostgres({
    folder: restored,
    settings: {
      restore_command: carry(join(archiveIn(folder), '%f'), '%p'),
      recovery_target_action: 'promote',
      ...(moment && { recovery_target_time: moment }),
    },
  });
}

/** Leaves a file for the server, which works as whoever owns its data. */
function leave(data: string, name: string, text: string): void {
  writeFileSync(join(data, name), text);
  const { uid, gid } = statSync(data);
  chownSync(join(data, name), uid, gid);
}

/** What belongs to the server that runs, and not to its data. */
const leftOut = /[\\/](postmaster\.(pid|opts)|pg_wal[\\/].+)$/;

/** Copies a folder with its owners; files that are deleted meanwhile are not missed. Answers how many bytes it had. */
function copyTree(from: string, to: string): number {
  const { uid, gid, mode } = statSync(from);
  mkdirSync(to, { mode });
  chownSync(to, uid, gid);
  const sizes = readdirSync(from, { withFileTypes: true }).map(entry => {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.test(source)) return 0;
    return entry.isDirectory() ? copyTree(source, target) : copyFile(source, target);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function copyFile(from: string, to: string): number {
  try {
    copyFileSync(from, to);
    const { uid, gid, size } = statSync(from);
    chownSync(to, uid, gid);
    return size;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return 0;
    throw error;
  }
}
