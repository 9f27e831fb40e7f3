import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from './output.ts';

// What is installed beside a deployed function is what the repository's own lock file says, to the version and the
// checksum: of that file, an artefact gets the part that it needs.

const locked = z.looseObject({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
});
type Locked = z.output<typeof locked>;

const lockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), locked) });

export interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The lock file of the repository. */
export function readLockFile(): z.output<typeof lockFile> {
  return lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

/** The lock file of an artefact: of all packages of the repository's those that it needs, wherever they lie there. */
export function lockFileOf(manifest: Manifest, { packages }: z.output<typeof lockFile>) {
  const needed = reach(Object.keys(manifest.dependencies), packages, requiredBy);
  const all = reach(
    [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)],
    packages,
    allOf,
  );
  const entries = [...all].toSorted().map(path => [path, entryOf(packages[path], needed.has(path))] as const);
  const { name, dependencies, optionalDependencies } = manifest;
  return {
    name,
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name, dependencies, optionalDependencies }, ...Object.fromEntries(entries) },
  };
}

type Packages = Readonly<Record<string, Locked>>;

/** The paths of these packages and of all that they lead to. */
function reach(
  names: readonly string[],
  packages: Packages,
  next: (entry: Locked) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(names.flatMap(name => pathOf(name, '', packages)));
  // A set goes on to what is added to it on the way.
  for (const path of found) {
    for (const name of next(packages[path] ?? {}))
      for (const one of pathOf(name, path, packages)) found.add(one);
  }
  return found;
}

/** Where Node.js finds a package: beside the one that asks for it, or in a folder above. Nowhere, if it was left out. */
function pathOf(name: string, askedBy: string, packages: Packages): readonly string[] {
  for (let folder = askedBy; ; folder = parentOf(folder)) {
    const path = `${folder}${folder && '/'}node_modules/${name}`;
    if (path in packages) return [path];
    if (folder === '') return [];
  }
}

function parentOf(path: string): string {
  const end = path.lastIndexOf('/node_modules/');
  return end < 0 ? '' : path.slice(0, end);
}

function requiredBy({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }: Locked) {
  const peers = Object.keys(peerDependencies).filter(name => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...peers];
}

function allOf(entry: Locked): readonly string[] {
  return [...requiredBy(entry), ...Object.keys(entry.optionalDependencies ?? {})];
}

/** What is there for development only here, and what may be missing, is decided anew. */
function entryOf(entry: Locked = {}, isNeeded: boolean): Locked {
  const { dev: _, devOptional: __, optional: ___, peer: ____, ...kept } = entry;
  return isNeeded ? kept : { ...kept, optional: true };
}
