import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { build, type Plugin } from 'esbuild';

// Makes of the page's source what predict-api serves: scripts and styles under names that hold a hash of their
// content, the two pages that name them, and what the pages show of the functions' own definitions.

const source = join(import.meta.dirname, '../../functions/predict-api/page');

/** The content of each file, by its name. */
export async function buildPage(functions: readonly AnyFunction[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const { assets, importsOf } = await buildAssets();
  const nameOf = (prefix: string, suffix: string): string =>
    [...assets.keys()].find(name => name.startsWith(`${prefix}-`) && name.endsWith(suffix)) ?? '';
  const html = (file: string): Uint8Array =>
    Buffer.from(
      readFileSync(join(source, file), 'utf8')
        .replace(/\{\{(\w+)\.imports\}\}/, (_, script) =>
          importsOf(nameOf(script, '.js')).map(preload).join(''),
        )
        .replaceAll(/\{\{(\w+)(\.\w+)\}\}/g, (_, prefix, suffix) => `/assets/${nameOf(prefix, suffix)}`),
    );
  const files = new Map([
    ...assets,
    ['index.html', html('index.html')],
    ['docs.html', html('docs.html')],
    ['topology.json', json({ functions: functions.map(describeFunction) })],
  ]);
  return new Map(
    [...files].flatMap(([name, content]) => [
      [name, content],
      [`${name}.br`, compress(content)],
    ]),
  );
}

/** A script's own imports come along with it: a browser would learn of them, and ask, only when it has read the script. */
function preload(name: string): string {
  return `<link rel="modulepreload" href="/assets/${name}" />`;
}

interface Assets {
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** What a script needs at once, in the end. */
  importsOf(script: string): readonly string[];
}

/**
 * The bundler makes a file of each combination of views that share something. A view that the page loads later has all of
 * the page already: told so, the bundler puts what comes at first into a few files, for which a browser asks at once.
 */
const fewFiles: Plugin = {
  name: 'few-files',
  setup({ onResolve, onLoad }) {
    const page = join(source, 'app.tsx');
    onResolve({ filter: /\.tsx$/ }, ({ kind, importer, path, resolveDir }) =>
      kind === 'dynamic-import' && importer === page
        ? { path: join(resolveDir, path), pluginData: 'comes later' }
        : undefined,
    );
    onLoad({ filter: /\.tsx$/ }, ({ path, pluginData }) =>
      pluginData === 'comes later'
        ? { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(page)};`, loader: 'tsx' }
        : undefined,
    );
  },
};

async function buildAssets(): Promise<Assets> {
  const { outputFiles, metafile } = await build({
    entryPoints: ['app.tsx', 'docs.tsx', 'style.css', 'icon.svg'].map(file => join(source, file)),
    outdir: source,
    entryNames: '[name]-[hash]',
    chunkNames: 'shared-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    bundle: true,
    plugins: [fewFiles],
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      basename(path),
      output.imports.flatMap(({ path: name, kind }) => (kind === 'import-statement' ? [basename(name)] : [])),
    ]),
  );
  const importsOf = (script: string): readonly string[] => {
    const found = new Set(imports.get(script));
    for (const name of found) for (const other of imports.get(name) ?? []) found.add(other);
    return [...found];
  };
  return {
    assets: new Map(outputFiles.map(({ path, contents }) => [basename(path), contents])),
    importsOf,
  };
}

/** Who may call is part of every HTTP function, and would tell nothing. */
const ofDoors: ReadonlySet<string> = new Set(['access-control', 'sign-in']);

/** What the page draws of a function: its row of the table of functions. */
function describeFunction(definition: AnyFunction) {
  const { name, summary, publishes, uses } = definition;
  return {
    name,
    summary,
    trigger: definition.kind === 'event' ? definition.on.name : null,
    publishes: publishes.map(topic => topic.name),
    uses: [...new Set(Object.values(uses).map(({ name }) => name))].filter(name => !ofDoors.has(name)),
  };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function compress(content: Uint8Array): Uint8Array {
  return brotliCompressSync(content);
}
