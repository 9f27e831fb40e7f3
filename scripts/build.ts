import { writeFileSync } from 'node:fs';
import { buildAll } from '@banknote-loop/build/build';
import { measureStart } from '@banknote-loop/local/function-process';
import { listOfParts } from './sbom.ts';

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
