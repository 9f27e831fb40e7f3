import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// The two walks of docs/architecture.md, as lists of files, and whether one really gets from one file to the next.

const root = join(import.meta.dirname, '..');

export interface Walk {
  readonly title: string;
  /** In the order in which one reads them. */
  readonly files: readonly string[];
}

/** The lists under the bold titles of the chapter; files are named from the root, or from `shared/src`. */
export function readWalks(): readonly Walk[] {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const [, chapter = ''] = /## Two walks\n([\s\S]*?)\n## /.exec(text) ?? [];
  return chapter
    .split(/^\*\*/m)
    .slice(1)
    .map(part => ({
      title: part.split('**')[0] ?? '',
      files: [...part.matchAll(/`([\w/.-]+\.ts)`/g)].map(([, file = '']) =>
        file.startsWith('functions/') ? file : `shared/src/${file}`,
      ),
    }));
}

/** Where a process begins to read: what comes to it from outside is no import. */
const isEntry = (file: string): boolean =>
  /^functions\/[^/]+\/src\/index\.ts$/.test(file) || file === 'shared/src/serve/serve.ts';

/** The files of a walk that nothing else on it leads to. */
export function strayFiles({ files }: Walk): readonly string[] {
  const reached = new Set(files.flatMap(file => [...importsOf(file)]));
  return files.filter(file => !isEntry(file) && !reached.has(file));
}

/** What a file imports, types too; a door stands for all that is behind it. */
function* importsOf(file: string): Generator<string> {
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, , specifier = ''] of text.matchAll(/(from|import\()\s*'([^']+)'/g)) {
    const target = fileOf(specifier, file);
    if (!target) continue;
    if (/^shared\/src\/(\w[\w-]*\/)?index\.ts$/.test(target)) yield* importsOf(target);
    else yield target;
  }
}

function fileOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const [, room] = /^@banknote-loop\/shared(?:\/([\w-]+))?$/.exec(specifier) ?? [undefined, undefined];
  if (room) return `shared/src/${room}/index.ts`;
  return specifier === '@banknote-loop/shared' ? 'shared/src/index.ts' : undefined;
}
