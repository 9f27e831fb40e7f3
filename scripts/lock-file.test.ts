import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'),
);

/** A package is looked for beside the one that asks for it, and then in every folder above. */
function isLocked(name: string, askedBy: string): boolean {
  const folders = [askedBy, ...parentsOf(askedBy), ''];
  return folders.some(folder => `${folder}${folder && '/'}node_modules/${name}` in lock.packages);
}

function parentsOf(path: string): readonly string[] {
  const end = path.lastIndexOf('/node_modules/');
  return end < 0 ? [] : [path.slice(0, end), ...parentsOf(path.slice(0, end))];
}

// `npm ci` refuses a lock file that lacks the binary packages of other platforms than the one on which it was written.
it('names the packages of every platform, so that `npm ci` works on each', () => {
  const lacking = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !isLocked(name, path))
      .map(name => `${name}, for ${path}`),
  );
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(lacking).toEqual([]);
});
