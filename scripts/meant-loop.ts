import { join, resolve } from 'node:path';
import { findLoop, type RunningLoop } from '@banknote-loop/local/running-loops';

// Which loop on this machine a command means: any of them takes `--data-set NAME` and `--folder FOLDER` among its words.

const root = join(import.meta.dirname, '..');
const [withoutDataSet, dataSet] = takeOption(process.argv.slice(2), 'data-set');
const [withoutFolder, namedFolder] = takeOption(withoutDataSet, 'folder');

/** The words of the command line, without those that any command takes. */
export const words = withoutFolder;
/** The data set that the command line names, or else the environment. */
export const chosen = dataSet ?? process.env.DATA_SET;
/** The data folder that the command line names. */
export const folder = namedFolder === undefined ? undefined : resolve(namedFolder);

/** The loop that is meant, if it runs. */
export function meantLoop(wanted = chosen): RunningLoop | undefined {
  return findLoop(root, { dataSet: wanted, folder, sourcedFolder: process.env.LOOP_FOLDER });
}

function takeOption(
  given: readonly string[],
  name: string,
): readonly [words: readonly string[], value: string | undefined] {
  const at = given.findIndex(word => word === `--${name}` || word.startsWith(`--${name}=`));
  if (at < 0) return [given, undefined];
  const [, inWord] = given[at]?.split(/=(.*)/s) ?? [];
  return [given.toSpliced(at, inWord === undefined ? 2 : 1), inWord ?? given[at + 1] ?? ''];
}
