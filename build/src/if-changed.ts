import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.ts';

const root = join(import.meta.dirname, '../..');
const stamp = join(root, 'dist/functions/.built');
/** All that a bundle is made of: our own code, and with the lock file the packages. */
const sources = ['functions', 'shared', 'build', 'data-sets/banknotes', 'package-lock.json'];

/** Builds all functions, unless nothing has changed since the last time; answers whether it did. */
export async function buildIfChanged(): Promise<boolean> {
  const startedAt = new Date();
  if (existsSync(stamp) && statSync(stamp).mtime > newestOf(sources)) return false;
  await buildAll();
  writeFileSync(stamp, '');
  // What is changed during the build must count as newer than it.
  utimesSync(stamp, startedAt, startedAt);
  return true;
}

/** A folder is newer, too, when something in it has been removed or renamed. */
function newestOf(names: readonly string[]): Date {
  const paths = names.flatMap(name => {
    const path = join(root, name);
    if (!statSync(path).isDirectory()) return [path];
    return [path, ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map(file => join(path, file))];
  });
  return new Date(Math.max(...paths.map(path => statSync(path).mtimeMs)));
}
