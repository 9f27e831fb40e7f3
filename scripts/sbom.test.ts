import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listOfParts } from './sbom.ts';

interface Part {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly unknown[];
}

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
}

it('lists all that is shipped, to the version, and nothing that is for development alone', () => {
  const { bomFormat, components } = JSON.parse(listOfParts());
  const parts: readonly Part[] = components;
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Set(parts.map(({ name, version }) => `${name} ${version}`));
  const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'),
  );
  const shipped = Object.entries(lock.packages).filter(
    ([, { dev, resolved = '' }]) => !dev && /^https:/.test(resolved),
  );
  const names = shipped.map(([path, { version = '' }]) => `${path.split('node_modules/').at(-1)} ${version}`);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter(name => !listed.has(name))).toEqual([]);
  expect([...listed].filter(name => /^(jest|typescript|esbuild|@biomejs\/biome) /.test(name))).toEqual([]);
  expect(parts.filter(({ name }) => name === 'pg')).toMatchObject([
    { hashes: [{ alg: 'SHA-512' }], licenses: [{}] },
  ]);
});
