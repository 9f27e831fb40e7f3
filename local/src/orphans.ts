import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const politeMs = 10_000;
const pollMs = 25;

export interface OrphanTrace {
  /** The file into which the program writes its process id, on the first line. */
  readonly pidFile: string;
  /** What the orphan's command line holds: the operating system may have given its id to an innocent process. */
  readonly commandHolds: string;
  readonly stopSignal: NodeJS.Signals;
}

/** Stops the program that an earlier run left behind. True if there was one. */
export async function stopOrphan(trace: OrphanTrace): Promise<boolean> {
  const pid = pidIn(trace.pidFile);
  if (pid === undefined || !commandLineOf(pid).includes(trace.commandHolds)) return false;
  process.kill(pid, trace.stopSignal);
  if (await isGone(pid)) return true;
  process.kill(pid, 'SIGKILL');
  if (await isGone(pid)) return true;
  throw new Error(`Process ${pid} of an earlier run does not end. Stop it by hand: kill -9 ${pid}`);
}

function pidIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return pid > 1 ? pid : undefined;
}

function commandLineOf(pid: number): string {
  // Slim containers have no ps, and macOS has no /proc.
  if (existsSync('/proc/self/cmdline')) {
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
  }
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/** The processes that a program has started; none where the system does not tell. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (existsSync(file)) return numbersIn(readFileSync(file, 'utf8'));
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' });
  const all = (stdout ?? '').split('\n').map(numbersIn);
  return all.flatMap(([parent, child]) => (parent === pid && child !== undefined ? [child] : []));
}

function numbersIn(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}

async function isGone(pid: number): Promise<boolean> {
  const deadline = Date.now() + politeMs;
  while (commandLineOf(pid) !== '') {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

export interface OrphanGuard {
  release(): void;
}

/**
 * Ends a program when this process dies without being able to do so itself, as on SIGKILL. The guard is a shell
 * that waits on a pipe which the operating system closes together with us.
 */
export function guardAgainstOrphan(pid: number, signal: NodeJS.Signals): OrphanGuard {
  const script = 'read -r _; kill -s "$1" "$2"';
  const shell = spawn('/bin/sh', ['-c', script, 'orphan-guard', signal.replace('SIG', ''), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard; the next start still finds the orphan by its pid file.
  shell.on('error', () => undefined);
  return { release: () => shell.kill('SIGKILL') };
}
