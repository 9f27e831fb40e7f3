import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { deadAddresses } from '@banknote-loop/local/environment-file';
import type { DataSet } from '@banknote-loop/shared';
import { describe } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { type Clients, startInstance, type Uses } from '@banknote-loop/shared/function';

const laptop = join(import.meta.dirname, '../.loop/env');

/**
 * Runs a tool of the command line with the clients that the functions use. It works on what the environment names; if
 * that names no project, on the loop that runs on this machine. What goes wrong is told in one line.
 */
export async function runTool<Used extends Uses>(
  uses: Used,
  work: (clients: Clients<Used>, instance: ReturnType<typeof startInstance>) => Promise<void>,
): Promise<void> {
  try {
    const variables = environment();
    const instance = startInstance({ name: 'tool', uses, publishes: [] }, variables, dataSetOf(variables));
    try {
      await work(await instance.clients(), instance);
    } finally {
      await instance.close();
    }
  } catch (error) {
    console.error(describe(error));
    process.exitCode = 1;
  }
}

function environment(): NodeJS.ProcessEnv {
  const found = findEnvironment();
  if (found) return found;
  throw new Error(
    'No loop runs here (npm start), and PROJECT_ID and the other variables of a project are not set.',
  );
}

/** The data set that the loop or the project serves. */
export function dataSetOf({ DATA_SET = 'banknotes' }: NodeJS.ProcessEnv): DataSet {
  return findDataSet(DATA_SET).dataSet;
}

/** The variables of the project that the environment names, or else of the loop on this machine, if there is one. */
export function findEnvironment(): NodeJS.ProcessEnv | undefined {
  const quiet = { LOG_LEVEL: 'fatal' };
  if (process.env.PROJECT_ID && deadAddresses(process.env).length === 0) return { ...quiet, ...process.env };
  if (!existsSync(laptop)) return undefined;
  // Google's clients read the emulators' variables by themselves.
  const found = { ...parseEnv(readFileSync(laptop, 'utf8')), ...quiet };
  return Object.assign(process.env, found);
}
