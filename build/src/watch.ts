import { context, type OutputFile, type Plugin } from 'esbuild';
import { bundlesOf, type Places } from './build.ts';
import { writeWhole } from './output.ts';

export interface Watching extends Places {
  readonly names: readonly string[];
  /** The bundles of these functions are others than before, and in place. */
  readonly onBuilt: (names: readonly string[]) => void;
  /** What is wrong with a source; the bundles stay as they were. */
  readonly onError: (message: string) => void;
}

/** Builds functions again whenever a source of theirs changes. Resolves when every later change will be seen. */
export async function watchFunctions(watching: Watching): Promise<{ close(): Promise<void> }> {
  const { promise: isFirst, resolve: endFirst } = Promise.withResolvers<void>();
  const { plugins, ...options } = bundlesOf(watching.names, watching);
  const known = new Map<string, string>();
  let isReady = false;
  const afterEach: Plugin = {
    name: 'after-each',
    setup({ onEnd }) {
      onEnd(({ errors, outputFiles = [] }) => {
        for (const { text, location } of errors) {
          watching.onError(location ? `${location.file}:${location.line}: ${text}` : text);
        }
        const changed = errors.length > 0 ? [] : place(outputFiles, known);
        const names = watching.names.filter(name => changed.some(path => path.endsWith(`/${name}/index.js`)));
        if (isReady && names.length > 0) watching.onBuilt(names);
        isReady = true;
        endFirst();
      });
    },
  };
  const building = await context({ ...options, logLevel: 'silent', plugins: [...plugins, afterEach] });
  await building.watch();
  await isFirst;
  return { close: () => building.dispose() };
}

/** Writes the files that are not as they were, and says which. */
function place(files: readonly OutputFile[], known: Map<string, string>): readonly string[] {
  const changed = files.filter(({ path, hash }) => known.get(path) !== hash);
  for (const { path, hash, contents } of changed) {
    writeWhole(path, contents);
    known.set(path, hash);
  }
  return changed.map(({ path }) => path.replaceAll('\\', '/'));
}
