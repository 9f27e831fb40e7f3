import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The file that a thread or a process of its own runs: beside the bundles where it has been built, and else its source. */
export function builtBeside(name: string, source: string): string {
  const places = [join(import.meta.dirname, 'clients'), import.meta.dirname];
  return places.map(folder => join(folder, `${name}.mjs`)).find(file => existsSync(file)) ?? source;
}
