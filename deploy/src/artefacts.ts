import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildAll } from '@banknote-loop/build/build';
import { functionsFolder, placeDataSet } from '@banknote-loop/build/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { readTopology } from '../../functions/topology.ts';

const root = join(import.meta.dirname, '../..');

/** What the image of the tools is made of. */
const toolSources = [
  ...['shared', 'functions', 'local', 'local-cloud', 'build', 'scripts', 'migrations', 'data-sets'],
  ...['package.json', 'package-lock.json', 'Dockerfile', 'schema.sql', 'bank_data.csv'],
];

/** Builds all functions for a data set; answers a hash of each one's folder, and of the tools, short enough for a label. */
export async function buildArtefacts(name: string): Promise<ReadonlyMap<string, string>> {
  const { dataSet } = findDataSet(name);
  const built = await buildAll();
  placeDataSet(dataSet, await readTopology());
  const hashes = built.map(({ name }) => {
    const folder = join(functionsFolder(dataSet), name);
    return [name, hashOf(folder, filesIn(folder))] as const;
  });
  const sources = toolSources.flatMap(name => filesIn(join(root, name)));
  return new Map([...hashes, ['tools', hashOf(root, sources)]]);
}

function filesIn(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(entry => join(entry.parentPath, entry.name));
}

function hashOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    // Neither a source map nor a test changes what runs.
    if (/\.(map|test\.ts)$/.test(file)) continue;
    hash.update(`${relative(folder, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
