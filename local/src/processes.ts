import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { childrenOf, guardAgainstOrphan } from './orphans.ts';

const startDeadlineMs = 60_000;
const stopDeadlineMs = 15_000;
const linesKept = 20;

export type Log = (line: string) => void;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Part of the line of output that says that the program accepts connections. */
  readonly readyText: string;
  /** What the program understands as "finish cleanly, now". */
  readonly stopSignal: NodeJS.Signals;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: Account | undefined;
  readonly log?: Log | undefined;
}

/** The user and group that a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the program is gone, whoever ended it. */
  readonly ended: Promise<void>;
  /** Asks the program to finish; forces it when it does not. */
  stop(): Promise<void>;
  /** Ends the program the way a crash would. */
  kill(): Promise<void>;
}

type Spawned = ChildProcess & { readonly pid: number; readonly stdout: Readable; readonly stderr: Readable };

/** Starts a program and resolves once it says that it is ready. */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const child = await spawnInOwnGroup(spec);
  // "close" comes after every heir of the output pipes is gone, workers of the program included.
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
  const guard = guardAgainstOrphan(child.pid, spec.stopSignal);
  void closed.then(() => guard.release());

  // Workers that hang, too, do not notice the end of the program, and keep its files and its output.
  const kill = (workers = childrenOf(child.pid)): Promise<void> => {
    child.kill('SIGKILL');
    for (const worker of workers) killIfThere(worker);
    return closed;
  };
  const stop = async (): Promise<void> => {
    const workers = childrenOf(child.pid);
    child.kill(spec.stopSignal);
    const force = setTimeout(() => void kill(workers), stopDeadlineMs);
    await closed.finally(() => clearTimeout(force));
  };
  try {
    await becomesReady(child, spec);
  } catch (error) {
    await kill();
    throw error;
  }
  return { pid: child.pid, ended: closed, stop, kill: () => kill() };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A group of its own keeps the terminal's Ctrl-C away from the program: we decide on the order of the shutdown. */
async function spawnInOwnGroup({ name, command, args, env, account }: ProcessSpec): Promise<Spawned> {
  const child = spawn(command, args, {
    ...account,
    cwd: '/',
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new Error(`${name} could not be started: ${command} cannot be run. Check that it is installed.`, {
      cause,
    });
  }
  if (!isSpawned(child)) throw new Error(`${name} was started without a process id.`);
  return child;
}

function isSpawned(child: ChildProcess): child is Spawned {
  return child.pid !== undefined && child.stdout !== null && child.stderr !== null;
}

function becomesReady(child: Spawned, spec: ProcessSpec): Promise<void> {
  const lastLines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (what: string): void =>
      reject(new Error(`${spec.name} ${what}. Its last words:\n${lastLines.join('\n')}`));
    const deadline = setTimeout(
      () => fail(`was not ready within ${startDeadlineMs / 1000} seconds`),
      startDeadlineMs,
    );
    const settle = (): void => {
      clearTimeout(deadline);
      resolve();
    };

    child.once('close', () => {
      clearTimeout(deadline);
      fail('ended instead of becoming ready');
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', line => {
        lastLines.push(line);
        if (lastLines.length > linesKept) lastLines.shift();
        spec.log?.(line);
        if (line.includes(spec.readyText)) settle();
      });
    }
  });
}
