import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface Waits {
  readonly requests: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/**
 * Somebody else, who asks a function for something small while it is attacked: in a thread of its own, so that what the
 * attack costs the attacker does not count as waiting. What is returned ends it, and says how long its answers took.
 */
export function startBystander(port: number): () => Promise<Waits> {
  const thread = new Worker(join(import.meta.dirname, 'bystander-thread.ts'), { workerData: { port } });
  return async () => {
    const told = once(thread, 'message');
    thread.postMessage('enough');
    const [waits]: readonly number[][] = await told;
    await thread.terminate();
    const sorted = (waits ?? []).toSorted((a, b) => a - b);
    return {
      requests: sorted.length,
      p99Ms: sorted[Math.floor(0.99 * sorted.length)] ?? 0,
      longestMs: sorted.at(-1) ?? 0,
    };
  };
}
