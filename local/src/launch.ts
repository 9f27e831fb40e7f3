import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '@banknote-loop/shared/base';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const startDeadlineMs = 60_000;

/** What it takes to start a function from its bundle, as the platform does. */
export interface Launch {
  readonly name: string;
  /** The folder of its bundle; the built one when left out. */
  readonly source?: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Receives its output, a line at a time; without it, only what it complains of is shown. */
  readonly onLine?: (line: string) => void;
  /** Makes it take connections of this process's front; paths that others answer, by their ports. */
  readonly elsewhere?: Readonly<Record<string, number>>;
  /** Whether it ends with this process even if that is killed; true when left out. */
  readonly follows?: boolean;
}

/** A function's process. */
export interface Launched {
  readonly child: ChildProcess;
  /** Resolves when the function takes connections; fails when it ends instead. */
  listens(pollMs?: number): Promise<void>;
}

/** Starts the process of a function, which listens on the loopback interface only. */
export function launch(given: Launch): Launched {
  const { name, source, port, environment, onLine, elsewhere, follows = true } = given;
  const folder = source ?? join(root, 'dist/functions', name);
  const preloaded = [
    ...['loopback.cjs', ...(follows ? ['follow-runner.cjs'] : [])].flatMap(file => [
      '--require',
      join(import.meta.dirname, file),
    ]),
    ...(elsewhere ? ['--import', import.meta.resolve('./front-door.ts')] : []),
  ];
  const { NODE_COMPILE_CACHE } = process.env;
  const child = spawn(
    process.execPath,
    [...preloaded, launcher, `--source=${folder}`, `--target=${name}`, `--port=${port}`],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        // Whoever keeps compiled code for this process has it kept for the functions, too.
        ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
        ...environment,
        ...(elsewhere && { FRONT_DOOR: JSON.stringify(elsewhere) }),
        NODE_ENV: 'production',
      },
      stdio: [follows ? 'pipe' : 'ignore', onLine ? 'pipe' : 'ignore', onLine ? 'pipe' : 'inherit', 'ipc'],
      // Ctrl-C is for the runner alone, which stops those that follow it in good order.
      detached: follows,
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && onLine) createInterface(stream).on('line', onLine);
  }
  let isListening = false;
  child.once('message', () => {
    isListening = true;
  });
  const probe = (): boolean => {
    if (child.exitCode === null && child.signalCode === null) return isListening;
    throw new Error(`The function ${name} ended before it listened; its output says why.`);
  };
  return {
    child,
    listens: async pollMs => {
      await until(`the function ${name} listens`, probe, startDeadlineMs, pollMs);
    },
  };
}
