import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { type BuildOptions, build, type Metafile, type Plugin, stop } from 'esbuild';
import { readTopology } from '../../functions/topology.ts';
import { buildClients, type ClientBundles, clientsApart, clientsFolder } from './clients.ts';
import { madeOfDeclaration, placeDataSet } from './data-set.ts';
import { lockFileOf, readLockFile } from './lock-file.ts';
import { output, root, writeWhole } from './output.ts';
import { buildPage } from './page.ts';

// Makes of each function the folder that is deployed: one file, its source map, the clients that it uses, and a
// package.json that names what is not in it, with a lock file. The same folders run on the laptop and in the tests.

/** What predict-api serves of the page. */
const publicFolder = join(output, 'predict-api/public');
const framework = '@google-cloud/functions-framework';

export interface Artefact {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  sourcemap: 'linked',
  sourcesContent: false,
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'error',
} as const satisfies BuildOptions;

/** All bundles in one go: what they share is read once. */
export async function buildAll(): Promise<readonly Artefact[]> {
  const functions = await readTopology();
  const [clients, { metafile, outputFiles }] = await Promise.all([
    buildClients(common),
    build(
      bundlesOf(
        functions.map(({ name }) => name),
        { root, output },
      ),
    ),
  ]);
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  const pages = await buildPage(functions);
  for (const [name, contents] of pages) writeWhole(join(publicFolder, name), contents);
  removeOthers(output, new Set(functions.map(({ name }) => name)));
  removeOthers(publicFolder, new Set([...pages.keys(), ...madeOfDeclaration]));
  placeDataSet(findDataSet('banknotes').dataSet, functions);
  // The compiler's service would otherwise stay, with all it has read, as long as this process does.
  await stop();
  return functions.map(definition => complete(definition, metafile, clients));
}

export interface BuildFolders {
  /** The folder in which `functions` and the packages lie. */
  readonly root: string;
  /** Where there is a folder for each function. */
  readonly output: string;
}

/** How the bundles of some functions are made. */
export function bundlesOf(names: readonly string[], places: BuildFolders) {
  return {
    ...common,
    absWorkingDir: places.root,
    entryPoints: names.map(name => ({ in: `serve:${name}`, out: `${name}/index` })),
    plugins: [serveFunction(places.root), clientsApart, englishOnly],
    outdir: places.output,
    format: 'cjs',
    // The launcher and the function must share one registry, so the framework cannot be in the bundle.
    external: [framework],
    // A bundle finds the files beside it by its own place, as its source does.
    define: { 'import.meta.dirname': '__dirname' },
  } satisfies BuildOptions;
}

function removeOthers(folder: string, names: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** The entry of each bundle: it serves the function's definition, which by itself does nothing. */
const serveFunction = (resolveDir: string): Plugin => ({
  name: 'serve-function',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^serve:/ }, ({ path }) => ({
      path: path.slice('serve:'.length),
      namespace: 'serve',
    }));
    onLoad({ filter: /.*/, namespace: 'serve' }, ({ path: name }) => ({
      contents: `import definition from './functions/${name}/src/index.ts';
        import { serve } from '@banknote-loop/shared/serve';
        import { readFileSync } from 'node:fs';
        serve(definition, JSON.parse(readFileSync(__dirname + '/data-set.json', 'utf8')));`,
      resolveDir,
    }));
  },
});

/** The schemas' messages in forty languages would be a quarter of each bundle, and nobody chooses one. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

function complete(definition: AnyFunction, metafile: Metafile, clients: ClientBundles): Artefact {
  const { name } = definition;
  const folder = join(output, name);
  const {
    imports = [],
    inputs = {},
    bytes = 0,
  } = metafile.outputs[relative(root, join(folder, 'index.js'))] ?? {};
  const files = clients.filesOf(
    imports.map(({ path }) => path),
    Object.keys(inputs),
  );
  for (const [file, contents] of files) writeWhole(join(folder, file), contents);
  if (files.size > 0)
    removeOthers(join(folder, clientsFolder), new Set([...files.keys()].map(file => basename(file))));
  const manifest = packageOf(definition);
  writeWhole(join(folder, 'package.json'), toText(manifest));
  writeWhole(join(folder, 'package-lock.json'), toText(lockFileOf(manifest, readLockFile())));
  const code = [...files].filter(([file]) => !file.endsWith('.map'));
  return { name, folder, bytes: code.reduce((sum, [, contents]) => sum + contents.length, bytes) };
}

function toText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function packageOf({ name, summary, optionalPackages }: AnyFunction) {
  return {
    name,
    description: summary,
    private: true,
    main: 'index.js',
    engines: { node: '>=22 <23' },
    dependencies: { [framework]: versionOf(framework) },
    optionalDependencies: Object.fromEntries(optionalPackages.map(pkg => [pkg, versionOf(pkg)])),
  };
}

/** The exact version that the library works with, also of a package that could not be installed here. */
function versionOf(name: string): string {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'shared/package.json'), 'utf8'),
  );
  return { ...dependencies, ...optionalDependencies }[name];
}
