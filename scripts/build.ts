import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { AnyFunction } from '@banknote-loop/shared/function/definition.ts';
import { build, type Metafile, type Plugin, stop } from 'esbuild';
import { readTopology } from '../functions/topology.ts';
import { buildPage } from './build-page.ts';
import { measureStart } from './start-time.ts';

// Makes of each function the folder that is deployed: one file, its source map, and a package.json that names what is
// not in it. The same folders run on the laptop and in the tests.

const root = join(import.meta.dirname, '..');
const output = join(root, 'dist/functions');
/** What predict-api serves of the page. */
const publicFolder = join(output, 'predict-api/public');
const framework = '@google-cloud/functions-framework';

export interface Artefact {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
}

/** All bundles in one go: what they share is read once. */
export async function buildAll(): Promise<readonly Artefact[]> {
  const functions = await readTopology();
  const { metafile, outputFiles } = await build({
    entryPoints: functions.map(({ name }) => ({ in: `serve:${name}`, out: `${name}/index` })),
    plugins: [serveFunction],
    absWorkingDir: root,
    outdir: output,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // The launcher and the function must share one registry, so the framework cannot be in the bundle.
    external: [framework],
    // A bundle finds the files beside it by its own place, as its source does.
    define: { 'import.meta.dirname': '__dirname' },
    sourcemap: 'linked',
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  const pages = await buildPage(functions);
  for (const [name, contents] of pages) writeWhole(join(publicFolder, name), contents);
  removeOthers(output, new Set(functions.map(({ name }) => name)));
  removeOthers(publicFolder, new Set(pages.keys()));
  // The compiler's service would otherwise stay, with all it has read, as long as this process does.
  await stop();
  return functions.map(definition => complete(definition, metafile));
}

/** Functions may be running from these files: each is the old one until it is the new one, and stays if they are alike. */
function writeWhole(file: string, content: Uint8Array | string): void {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

function removeOthers(folder: string, names: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** The entry of each bundle: it serves the function's definition, which by itself does nothing. */
const serveFunction: Plugin = {
  name: 'serve-function',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^serve:/ }, ({ path }) => ({
      path: path.slice('serve:'.length),
      namespace: 'serve',
    }));
    onLoad({ filter: /.*/, namespace: 'serve' }, ({ path: name }) => ({
      contents: `import definition from './functions/${name}/src/index.ts';
        import { serve } from '@banknote-loop/shared/serve';
        serve(definition);`,
      resolveDir: root,
    }));
  },
};

function complete(definition: AnyFunction, metafile: Metafile): Artefact {
  const { name } = definition;
  const folder = join(output, name);
  const { inputs = {}, bytes = 0 } = metafile.outputs[relative(root, join(folder, 'index.js'))] ?? {};
  copyWasm(Object.keys(inputs), folder);
  writeWhole(join(folder, 'package.json'), `${JSON.stringify(packageOf(definition), null, 2)}\n`);
  return { name, folder, bytes };
}

/** A bundle cannot hold WebAssembly files: TensorFlow looks for them beside itself. */
function copyWasm(inputs: readonly string[], folder: string): void {
  const backend = inputs.find(file => file.includes('tfjs-backend-wasm/dist/'));
  if (!backend) return;
  const dist = join(root, backend.slice(0, backend.indexOf('/dist/') + '/dist/'.length));
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
    writeWhole(join(folder, basename(file)), readFileSync(join(dist, file)));
  }
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

if (import.meta.main) {
  const startedAt = performance.now();
  const artefacts = await buildAll();
  const builtIn = performance.now() - startedAt;
  for (const { name, bytes } of artefacts) {
    const megabytes = (bytes / 1e6).toFixed(2).padStart(6);
    const startMs = (await measureStart(name)).toFixed(0).padStart(6);
    console.log(`${name.padEnd(22)} ${megabytes} MB  listens after ${startMs} ms`);
  }
  console.log(`built in ${(builtIn / 1000).toFixed(1)} s, in dist/functions`);
}
