import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '@banknote-loop/shared';

// What is shipped may carry these licences and no others: they ask for no more than to be named.

const allowed = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
  'CC0-1.0',
  'CC-BY-3.0',
]);

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      /** Where it is not the name of its folder. */
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** The packages of a lock file that are not for development alone. */
export function shippedPackages(lock: unknown) {
  const { packages } = lockFile.parse(lock);
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
    .map(([path, { name = path.split('node_modules/').at(-1), version = '', license }]) => ({
      ...{ path, name, version, license },
    }));
}

/** Those of them that may not be shipped. */
export function unlicensed(lock: unknown): readonly string[] {
  return shippedPackages(lock)
    .filter(({ license }) => !isAllowed(license ?? ''))
    .map(({ path, version, license = 'no licence' }) => `${path} ${version}: ${license}`);
}

/** `A OR B` leaves the choice, `A AND B` asks for both. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  return plain.split(' OR ').some(choice => choice.split(' AND ').every(one => allowed.has(one)));
}

if (import.meta.main) {
  const found = unlicensed(
    JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')),
  );
  for (const line of found) console.error(`It may not be shipped with this licence: ${line}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
