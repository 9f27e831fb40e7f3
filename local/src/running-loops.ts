import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { usualDataSet } from './chosen-data-set.ts';
import { runnerOf } from './folder-lock.ts';

/** A loop that runs on this machine, as its data folder tells it. */
export interface RunningLoop {
  readonly dataSet: string;
  readonly folder: string;
  /** The process that runs it. */
  readonly runner: number;
  /** What `.loop/env` says. */
  readonly environment: NodeJS.ProcessEnv;
}

/** The loops that run on the data folders of a checkout: `.loop`, and `.loop-NAME` of other data sets. */
export function runningLoops(root: string): readonly RunningLoop[] {
  return readdirSync(root)
    .filter(name => /^\.loop(-|$)/.test(name))
    .map(name => join(root, name))
    .flatMap(folder => {
      const runner = runnerOf(folder);
      if (runner === undefined || !existsSync(join(folder, 'env'))) return [];
      const environment = parseEnv(readFileSync(join(folder, 'env'), 'utf8'));
      return { dataSet: environment.DATA_SET ?? usualDataSet, folder, runner, environment };
    });
}

/** The loop of a data set, or the only one that runs; nothing if there is none. Which of several, a person must say. */
export function chooseLoop(loops: readonly RunningLoop[], wanted?: string): RunningLoop | undefined {
  if (wanted !== undefined) return loops.find(({ dataSet }) => dataSet === wanted);
  if (loops.length < 2) return loops[0];
  throw new Error(
    `Several loops run here: ${loops.map(({ dataSet }) => dataSet).join(', ')}. Say which one is meant: --data-set NAME.`,
  );
}
