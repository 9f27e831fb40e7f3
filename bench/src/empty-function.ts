import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import type { MeasuredLaunch } from './launch.ts';

const name = 'empty-function';

/** What the platform itself needs: a function that answers, and nothing else. */
export async function withEmptyFunction<T>(work: (empty: MeasuredLaunch) => Promise<T>): Promise<T> {
  const folder = makeFolder();
  const framework = createRequire(import.meta.filename).resolve('@google-cloud/functions-framework');
  const code = `require(${JSON.stringify(framework)}).http('${name}', (_, response) => response.status(204).end());`;
  writeFileSync(join(folder.path, 'index.js'), code);
  writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ main: 'index.js' }));
  try {
    return await work({ name, source: folder.path, environment: {} });
  } finally {
    folder.remove();
  }
}
