import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../../scripts/build.ts';

/** Builds all functions; answers a hash of each one's folder, short enough for a label. */
export async function buildArtefacts(): Promise<ReadonlyMap<string, string>> {
  return new Map((await buildAll()).map(({ name, folder }) => [name, hashOf(folder)]));
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).toSorted()) {
    // The source map changes nothing that runs.
    if (file.endsWith('.map')) continue;
    hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
