import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerOf } from './folder-lock.ts';
import type { Environment } from './services.ts';

// `.loop/env`: the addresses of all parts of a running loop, for a shell (`set -a; . .loop/env`). A shell keeps them
// when the loop is gone; the file says whose they are, so that the next start in that shell does not look there for
// services that would be used instead of its own.

const isAddress = /(HOST|PORT|_ENDPOINT)$/;

interface Own {
  readonly folder: string;
  readonly environment: Environment;
  /** What was set before: addresses in it are not ours. */
  readonly given: NodeJS.ProcessEnv;
}

/** Writes the file; answers how to take it away. */
export function writeEnvironmentFile({ folder, environment, given }: Own): () => void {
  const file = join(folder, 'env');
  const own = Object.entries(environment).filter(
    ([name, value]) => isAddress.test(name) && given[name] !== value,
  );
  const marks = {
    LOOP_FOLDER: folder,
    LOOP_PROCESS: String(process.pid),
    LOOP_ADDRESSES: own.map(([name, value]) => `${name}=${value}`).join(' '),
  };
  const lines = Object.entries({ ...environment, ...marks }).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The variables that lead to services of a loop that runs no more, as an earlier start has left them in a shell. */
export function deadAddresses(given: NodeJS.ProcessEnv): readonly string[] {
  const { LOOP_FOLDER, LOOP_PROCESS, LOOP_ADDRESSES } = given;
  if (!LOOP_FOLDER || !LOOP_ADDRESSES || runnerOf(LOOP_FOLDER) === Number(LOOP_PROCESS)) return [];
  return LOOP_ADDRESSES.split(' ').flatMap(address => {
    const [name = '', value] = address.split(/=(.*)/s);
    // What somebody has set since then is theirs.
    return given[name] === value ? [name] : [];
  });
}

/** What is set, without the addresses of a loop that runs no more. */
export function withoutDeadAddresses(
  given: NodeJS.ProcessEnv,
  print: (line: string) => void,
): NodeJS.ProcessEnv {
  const dead = deadAddresses(given);
  if (dead.length === 0) return given;
  print(`left aside, since the loop on ${given.LOOP_FOLDER} has ended: ${dead.join(', ')}`);
  return Object.fromEntries(Object.entries(given).filter(([name]) => !dead.includes(name)));
}
