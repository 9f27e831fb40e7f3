import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyFunction } from '@banknote-loop/shared/http';

/** Every function of the project, as its own folder defines it: a new folder is a new function. */
export async function readTopology(): Promise<readonly AnyFunction[]> {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(entry =>
    entry.isDirectory(),
  );
  return Promise.all(
    folders.map(async ({ name }) => {
      const { default: definition } = await import(join(import.meta.dirname, name, 'src/index.ts'));
      if (definition.name !== name)
        throw new Error(`functions/${name} defines a function named ${definition.name}.`);
      return definition;
    }),
  );
}
