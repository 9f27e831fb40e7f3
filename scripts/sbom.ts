import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from '@banknote-loop/shared';
import { shippedPackages } from './licences.ts';

const bill = z.looseObject({
  components: z.array(z.looseObject({ name: z.string(), version: z.string(), 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/**
 * All packages that are not for development alone, with versions, licences and hashes, as the lock file has them. npm
 * would leave out, with what is for development, what the repository needs for that and functions need, too.
 */
export function listOfParts(): string {
  const { components, dependencies, ...rest } = bill.parse(JSON.parse(everyPart()));
  const shipped = new Set(
    shippedPackages(JSON.parse(readFileSync('package-lock.json', 'utf8'))).map(
      ({ name, version }) => `${name}@${version}`,
    ),
  );
  const kept = components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const refs = new Set(kept.map(one => one['bom-ref']));
  const among = dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(one => ({ ...one, dependsOn: one.dependsOn.filter(ref => refs.has(ref)) }));
  return `${JSON.stringify({ ...rest, components: kept, dependencies: among }, null, 2)}\n`;
}

function everyPart(): string {
  // On Windows npm is a script, which only a shell starts.
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error(`npm could not list what is in the functions: ${stderr}`);
  return stdout;
}
