import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { buildAll } from '@banknote-loop/build/build';
import { measureStart } from '@banknote-loop/local/function-process';

// What `npm run build` runs: builds each function as the folder that is deployed, and says how it starts.

const startedAt = performance.now();
const artefacts = await buildAll();
const builtIn = performance.now() - startedAt;
for (const { name, bytes } of artefacts) {
  const megabytes = (bytes / 1e6).toFixed(2).padStart(6);
  const startMs = (await measureStart(name)).toFixed(0).padStart(6);
  console.log(`${name.padEnd(22)} ${megabytes} MB  listens after ${startMs} ms`);
}
console.log(`built in ${(builtIn / 1000).toFixed(1)} s, in dist/functions`);
writeFileSync('dist/sbom.cdx.json', listOfParts());
console.log('what is in them: dist/sbom.cdx.json (CycloneDX)');

/** All packages that are not for development alone, with versions, licences and hashes, as the lock file has them. */
function listOfParts(): string {
  const words = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'];
  // On Windows npm is a script, which only a shell starts.
  const { status, stdout, stderr } = spawnSync('npm', words, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm could not list what is in the functions: ${stderr}`);
  return stdout;
}
