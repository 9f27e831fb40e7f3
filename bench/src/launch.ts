import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch as launchFunction } from '@banknote-loop/local/launch';
import { findFreePort } from '@banknote-loop/local/ports';
import type { Envelope } from '@banknote-loop/testing';

const root = join(import.meta.dirname, '../..');
/** What is measured is the function, not how often it is looked whether it listens. */
const pollMs = 2;

export interface MeasuredLaunch {
  readonly name: string;
  /** The folder with the function's bundle. */
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A function started as the platform starts it. */
export interface MeasuredFunction {
  readonly port: number;
  /** From the start of the process until it takes connections. */
  readonly listeningMs: number;
  /** Delivers a message as Pub/Sub does; answers how long it took. */
  push(envelope: Envelope): Promise<number>;
  memory(): Memory;
  end(): Promise<void>;
}

/** In megabytes of memory that the process really has. */
export interface Memory {
  readonly now: number;
  readonly peak: number;
}

export function bundleOf(name: string): string {
  return join(root, 'dist/functions', name);
}

export async function launchMeasured({
  name,
  source,
  environment,
}: MeasuredLaunch): Promise<MeasuredFunction> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const quiet = { ...environment, LOG_LEVEL: 'error' };
  const { child, listens } = launchFunction({ name, source, port, environment: quiet, follows: false });
  await listens(pollMs);
  const listeningMs = performance.now() - startedAt;
  return {
    port,
    listeningMs,
    push: envelope => push(port, envelope),
    memory: () => memoryOf(child),
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function push(port: number, { headers, body }: Envelope): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    body: JSON.stringify(body),
  });
  if (response.status !== 204) throw new Error(`A function answered ${response.status} to a message.`);
  return performance.now() - startedAt;
}

/** As Linux tells it; elsewhere nothing is known. */
function memoryOf({ pid }: ChildProcess): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
