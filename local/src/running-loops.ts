import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { usualDataSet } from './chosen-data-set.ts';
import { runnerOf } from './folder-lock.ts';

/** A loop that runs on this machine, as its data folder tells it. */
export interface RunningLoop {
  readonly dataSet: string;
  /** The file of its declaration; of loops that do not say, its name. */
  readonly declaration: string;
  readonly folder: string;
  /** The process that runs it. */
  readonly runner: number;
  /** What `.loop/env` says. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface LoopChoice {
  readonly dataSet?: string | undefined;
  /** A data folder that is not in its usual place. */
  readonly folder?: string | undefined;
  /** That of the loop whose `env` the shell has sourced. */
  readonly sourcedFolder?: string | undefined;
}

/**
 * The loop on a folder, or the one of a data set, or the only one that runs; nothing if there is none. Which of several,
 * a person must say.
 */
export function findLoop(
  root: string,
  { dataSet, folder, sourcedFolder }: LoopChoice,
): RunningLoop | undefined {
  if (folder !== undefined) return loopOn(folder, dataSet);
  const sourced = sourcedFolder === undefined ? undefined : readLoop(sourcedFolder);
  if (sourced && (dataSet === undefined || dataSet === sourced.dataSet)) return sourced;
  const loops = loopsIn(root);
  if (dataSet !== undefined) return loops.find(loop => loop.dataSet === dataSet);
  if (loops.length < 2) return loops[0];
  const names = loops.map(loop => loop.dataSet).join(', ');
  throw new Error(`Several loops run here: ${names}. Say which one is meant: --data-set NAME.`);
}

/** The loop on a folder that somebody named. */
function loopOn(folder: string, wanted: string | undefined): RunningLoop {
  const loop = readLoop(folder);
  if (!loop) throw new Error(`No loop runs on ${folder} (npm start -- --folder ${folder}).`);
  if (wanted !== undefined && loop.dataSet !== wanted)
    throw new Error(`The loop on ${folder} serves ${loop.dataSet}, and not ${wanted}.`);
  return loop;
}

/** The loops that run on the data folders of a checkout: `.loop`, and `.loop-NAME` of other data sets. */
function loopsIn(root: string): readonly RunningLoop[] {
  return readdirSync(root)
    .filter(name => /^\.loop(-|$)/.test(name))
    .flatMap(name => readLoop(join(root, name)) ?? []);
}

function readLoop(folder: string): RunningLoop | undefined {
  const file = join(folder, 'env');
  if (!existsSync(file) || runnerOf(folder) === undefined) return undefined;
  const environment = parseEnv(readFileSync(file, 'utf8'));
  const { DATA_SET: dataSet = usualDataSet, LOOP_DECLARATION: declaration = dataSet } = environment;
  return { dataSet, declaration, folder, environment };
}
