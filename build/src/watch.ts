import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
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

/** Where sources lie that are read as they are; others come out of packages and do not change. */
const sourceFolders = ['functions', 'shared/src'];
/** An editor writes a file in several steps. */
const settleMs = 30;

/** Builds functions again whenever a source of theirs changes. Resolves when every later change will be seen. */
export async function watchFunctions(watching: Watching): Promise<{ close(): Promise<void> }> {
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
      });
    },
  };
  const building = await context({ ...options, logLevel: 'silent', plugins: [...plugins, afterEach] });
  // One after another: to ask for a build during another gives that one, which may have read the file already. What
  // is wrong has been told by then.
  let last = Promise.resolve();
  const rebuild = (): Promise<void> => {
    last = last
      .then(() => building.rebuild())
      .then(
        () => {},
        () => {},
      );
    return last;
  };
  // The file system tells of a change at once; esbuild's own watching goes round the files and takes seconds.
  const noticing = noticeChanges(watching.root, () => void rebuild());
  await rebuild();
  isReady = true;
  return {
    async close() {
      noticing.close();
      await last;
      await building.dispose();
    },
  };
}

/** Tells once of changes that come together. */
function noticeChanges(root: string, onChange: () => void): { close(): void } {
  let settling: NodeJS.Timeout | undefined;
  const noticed = (): void => {
    clearTimeout(settling);
    settling = setTimeout(onChange, settleMs);
  };
  const watchers: readonly FSWatcher[] = sourceFolders
    .map(folder => join(root, folder))
    .filter(folder => existsSync(folder))
    .map(folder => watch(folder, { recursive: true }, noticed));
  return {
    close() {
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };
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
