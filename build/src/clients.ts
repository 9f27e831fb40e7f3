import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';

// The clients of Google's services, of the stores and of TensorFlow are nine tenths of all code, and no function needs
// all of them, or any before its first message. So they are built once, apart from the functions, and each function
// gets those that it imports: a process reads none of them at its start.

const root = join(import.meta.dirname, '../..');
const source = 'shared/src/clients';
const output = 'dist/clients';
const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
const onnx = 'node_modules/onnxruntime-web/dist';
/** Threads and processes are named by their files, which no import shows: what starts each, and what is built for it. */
const apart = [
  { startedBy: 'shared/src/learning/onnx/host.ts', source: `${source}/onnx-worker.ts` },
  { startedBy: 'shared/src/models/read-apart.ts', source: 'shared/src/models/foreign-model-process.ts' },
];

/** Where they lie in the folder of a function. */
export const clientsFolder = 'clients';

export interface ClientBundles {
  /** The files that these imports of a function need, by their place in its folder. */
  filesOf(imports: readonly string[], inputs: readonly string[]): ReadonlyMap<string, Uint8Array>;
}

/** Leaves out of a function's bundle what it imports only when it needs it. */
export const clientsApart: Plugin = {
  name: 'clients-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/clients\/[\w-]+\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      return { path: `./${clientsFolder}/${basename(path, '.ts')}.mjs`, external: true };
    });
  },
};

/** What CommonJS packages count on, and a module does not have by itself. */
const commonJsScope = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

export async function buildClients(common: BuildOptions): Promise<ClientBundles> {
  const sources = readdirSync(join(root, source)).map(file => join(source, file));
  const { metafile, outputFiles = [] } = await build({
    ...common,
    metafile: true,
    entryPoints: [...new Set([...sources, ...apart.map(one => one.source)])].map(file => ({
      in: file,
      out: basename(file, '.ts'),
    })),
    outdir: output,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // What several clients are made of, such as Google's transport, is in a process only once.
    splitting: true,
    banner: { js: commonJsScope },
  });
  const contents = new Map(outputFiles.map(file => [relative(root, file.path), file]));
  return {
    filesOf(imports, inputs) {
      const started = apart
        .filter(({ startedBy }) => inputs.includes(startedBy))
        .map(one => `${clientsFolder}/${basename(one.source, '.ts')}.mjs`);
      const entries = [...imports, ...started]
        .map(path => join(output, relative(clientsFolder, path)))
        .filter(path => contents.has(path));
      return new Map(
        [...withAllTheyImport(entries, metafile)].flatMap(path => filesAround(path, contents, metafile)),
      );
    },
  };
}

function withAllTheyImport(entries: readonly string[], { outputs }: Metafile): ReadonlySet<string> {
  const found = new Set(entries);
  // A set goes on to what is added to it on the way.
  for (const path of found) {
    for (const { path: next, external } of outputs[path]?.imports ?? []) if (!external) found.add(next);
  }
  return found;
}

type Placed = readonly [string, Uint8Array];

/** A file, its source map, and what TensorFlow and ONNX's runtime look for beside themselves: no bundle can hold WebAssembly. */
function filesAround(
  path: string,
  files: ReadonlyMap<string, OutputFile>,
  { outputs }: Metafile,
): readonly Placed[] {
  const own = [path, `${path}.map`].flatMap((file): Placed[] => {
    const found = files.get(file);
    return found ? [[place(file), found.contents]] : [];
  });
  const folders = new Set(Object.keys(outputs[path]?.inputs ?? {}).map(dirname));
  return [
    ...own,
    ...filesIn(wasm, /^tfjs-backend-wasm(-simd)?\.wasm$/, folders),
    ...filesIn(onnx, /^ort-wasm-simd-threaded\.(mjs|wasm)$/, folders),
  ];
}

function filesIn(folder: string, names: RegExp, used: ReadonlySet<string>): readonly Placed[] {
  if (![...used].some(one => one.startsWith(folder))) return [];
  return readdirSync(join(root, folder))
    .filter(file => names.test(file))
    .map(file => [place(file), readFileSync(join(root, folder, file))]);
}

function place(file: string): string {
  return join(clientsFolder, basename(file));
}
