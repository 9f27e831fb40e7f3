import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildAll } from '@banknote-loop/build/build';

/** Builds all functions; answers a hash of each one's folder, short enough for a label. */
export async function buildArtefacts(): Promise<ReadonlyMap<string, string>> {
  return new Map((await buildAll()).map(({ name, folder }) => [name, hashOf(folder)]));
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    // A source map changes nothing that runs.
    if (file.endsWith('.map')) continue;
    hash.update(`${relative(folder, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
