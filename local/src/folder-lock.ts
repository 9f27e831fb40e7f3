import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes a data folder for this process alone: two loops on one folder would ruin each other's data. The mark of a
 * process that is no more is taken over. Answers how to unlock it.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  keepFromOthers(folder);
  const file = fileIn(folder);
  const other = runnerOf(folder);
  if (other !== undefined && other !== process.pid) {
    throw new Error(
      `A loop runs on ${folder} already (process ${other}): end it first, or give this one a folder of its own with ` +
        `--folder. If that process is something else, delete ${file}.`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/**
 * Data, passwords and keys are their owner's alone. Root's PostgreSQL runs as another account, which must get through to
 * its own part; what is in the folder nobody can list even then.
 */
function keepFromOthers(folder: string): void {
  chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** The process of the loop that runs on a folder, if one does. */
export function runnerOf(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(fileIn(folder), 'utf8'));
    return pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

const fileIn = (folder: string): string => join(folder, 'runner.pid');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else's may not be signalled, but it is there.
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}
