import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import { type BuildContext, type BuildFailure, context, type OutputFile } from 'esbuild';
import { type BuildFolders, bundlesOf } from './build.ts';
import { writeWhole } from './output.ts';

export interface Watching extends BuildFolders {
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
  const bundles = await Promise.all(watching.names.map(name => Bundle.open(name, watching)));
  const buildAnew = async (stale: readonly Bundle[]): Promise<readonly string[]> => {
    const problems = await Promise.all(stale.map(bundle => bundle.build()));
    for (const problem of new Set(problems.flat())) watching.onError(problem);
    return stale.filter(bundle => bundle.hasChanged).map(({ name }) => name);
  };

  // One after another: to ask for a build during another gives that one, which may have read the file already.
  let last: Promise<unknown> = Promise.resolve();
  // The file system tells of a change at once; esbuild's own watching goes round the files and takes seconds.
  const noticing = noticeChanges(watching.root, files => {
    last = last.then(async () => {
      const names = await buildAnew(bundles.filter(bundle => files.some(file => bundle.reads(file))));
      if (names.length > 0) watching.onBuilt(names);
    });
  });
  last = buildAnew(bundles);
  await last;
  return {
    async close() {
      noticing.close();
      await last;
      await Promise.all(bundles.map(bundle => bundle.close()));
    },
  };
}

/** What is built of one function. Each is built by itself, so that a change costs what has to do with it. */
class Bundle {
  readonly name: string;
  /** Whether the last build has made another than the one before. */
  hasChanged = false;
  readonly #context: BuildContext;
  readonly #known = new Map<string, string>();
  /** Nothing is known of a build that failed: any change may mend it. */
  #sources: ReadonlySet<string> | undefined;

  static async open(name: string, places: BuildFolders): Promise<Bundle> {
    return new Bundle(name, await context({ ...bundlesOf([name], places), logLevel: 'silent' }));
  }

  private constructor(name: string, building: BuildContext) {
    this.name = name;
    this.#context = building;
  }

  reads(file: string): boolean {
    return this.#sources?.has(file) ?? true;
  }

  /** Answers what is wrong. */
  async build(): Promise<readonly string[]> {
    this.hasChanged = false;
    try {
      const { metafile, outputFiles = [] } = await this.#context.rebuild();
      this.#sources = new Set(Object.keys(metafile?.inputs ?? {}));
      this.hasChanged = this.#place(outputFiles);
      return [];
    } catch (error) {
      this.#sources = undefined;
      return problemsIn(error);
    }
  }

  close(): Promise<void> {
    return this.#context.dispose();
  }

  /** Writes the files that are not as they were; answers whether there were any. */
  #place(files: readonly OutputFile[]): boolean {
    const changed = files.filter(({ path, hash }) => this.#known.get(path) !== hash);
    for (const { path, hash, contents } of changed) {
      writeWhole(path, contents);
      this.#known.set(path, hash);
    }
    return changed.some(({ path }) => path.endsWith('.js'));
  }
}

function problemsIn(error: unknown): readonly string[] {
  const { errors } = error as Partial<BuildFailure>;
  if (!errors) throw error;
  return errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
}

/**
 * Tells once of the files that change together, by their paths below the root. Each folder is watched by itself: to watch
 * them recursively is to watch each file, and an editor that puts another in its place would not be heard of again.
 */
function noticeChanges(root: string, onChange: (files: readonly string[]) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let settling: NodeJS.Timeout | undefined;
  const settle = (): void => {
    watchNewFolders();
    onChange([...changed]);
    changed.clear();
  };
  const notice = (file: string): void => {
    changed.add(file.replaceAll('\\', '/'));
    clearTimeout(settling);
    settling = setTimeout(settle, settleMs);
  };
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const watchNewFolders = (): void => {
    for (const folder of foldersIn(root).filter(one => !watchers.has(one))) {
      const watcher = watch(join(root, folder), (_, file) => notice(join(folder, file ?? '')));
      watchers.set(
        folder,
        watcher.on('error', () => forget(folder)),
      );
    }
  };
  watchNewFolders();
  return {
    close() {
      clearTimeout(settling);
      for (const folder of [...watchers.keys()]) forget(folder);
    },
  };
}

function foldersIn(root: string): readonly string[] {
  return sourceFolders
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder => {
      const below = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
      const folders = below.filter(entry => entry.isDirectory());
      return [folder, ...folders.map(({ parentPath, name }) => relative(root, join(parentPath, name)))];
    });
}
