import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { percentile } from '../measure.ts';
import { headersOf, type LoadOptions } from './load.ts';
import { type ProcessorTime, processorTimeOf, spentBetween } from './processor-time.ts';

/** What the loop did behind the answers. */
export interface Behind {
  /** The most messages that ever waited for one function, and for which. */
  readonly deepest: { readonly name: string; readonly waiting: number } | undefined;
  /** How long a note that was sent in during the load took until it could be looked up, in milliseconds. */
  readonly visible: { readonly probes: number; readonly p50: number; readonly p99: number } | undefined;
  /** From the end of the load until nothing waited any more. */
  readonly drainSeconds: number;
  /** Of the batches that were accepted, how many were looked for, and how many are not there. */
  readonly lookedFor: number;
  readonly lost: number;
  /** From the beginning of the load until nothing waited any more; only of a loop that runs on this machine. */
  readonly processorTime: ProcessorTime | undefined;
}

export interface Watch {
  /** To be called when the load has ended. */
  end(batchIds: readonly string[]): Promise<Behind>;
}

const queues = z.object({ queues: z.array(z.object({ name: z.string(), waiting: z.number() })) });
const accepted = z.object({ batch_id: z.string() });

const lookEveryMs = 250;
const longestDrainMs = 120_000;
/** So many of the accepted batches are looked for, from the first to the last. */
const lookups = 200;

type Address = Pick<LoadOptions, 'url' | 'token'>;

/**
 * Watches a loop while it is under load: its queues, now and then a note's way through it, and, where it runs on this
 * machine, its processes.
 */
export function watchBacklog(
  address: Address,
  items: readonly unknown[][],
  runner: number | undefined,
): Watch {
  const timeSoFar = (): ProcessorTime | undefined =>
    runner === undefined ? undefined : processorTimeOf(runner);
  const timeBefore = timeSoFar();
  let ended = false;
  let deepest: Behind['deepest'];
  const visibleMs: number[] = [];

  async function look(): Promise<number> {
    const found = queues
      .parse(await get(address, '/queues'))
      .queues.filter(({ name }) => name !== 'dead-letter');
    for (const { name, waiting } of found) {
      if (waiting > (deepest?.waiting ?? 0)) deepest = { name, waiting };
    }
    return found.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  async function lookNowAndThen(): Promise<void> {
    while (!ended) {
      await look().catch(() => undefined);
      await delay(lookEveryMs);
    }
  }

  async function probeNowAndThen(): Promise<void> {
    for (let probe = 0; !ended; probe += 1) {
      const took = await sendThrough(address, items[probe % items.length] ?? []);
      if (took !== undefined) visibleMs.push(took);
      await delay(lookEveryMs);
    }
  }

  const watching = Promise.all([lookNowAndThen(), probeNowAndThen()]);
  return {
    async end(batchIds) {
      const endedAt = performance.now();
      ended = true;
      await watching;
      while ((await look()) > 0 && performance.now() - endedAt < longestDrainMs) await delay(20);
      const drainSeconds = (performance.now() - endedAt) / 1000;
      const timeAfter = timeSoFar();
      const processorTime = timeBefore && timeAfter && spentBetween(timeBefore, timeAfter);
      const step = Math.max(1, Math.floor(batchIds.length / lookups));
      const chosen = batchIds.filter((_, i) => i % step === 0 || i === batchIds.length - 1);
      let lost = 0;
      for (const id of chosen) if (!(await isStored(address, id))) lost += 1;
      const sorted = visibleMs.toSorted((a, b) => a - b);
      const visible =
        sorted.length > 0
          ? { probes: sorted.length, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
          : undefined;
      return { deepest, visible, drainSeconds, lookedFor: chosen.length, lost, processorTime };
    },
  };
}

async function get({ url, token }: Address, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), { headers: headersOf(token) });
  if (!response.ok) throw new Error(`${path} answers ${response.status}.`);
  return response.json();
}

/** Sends one note in, and answers how long it took until it could be looked up; nothing if it was not accepted. */
async function sendThrough(address: Address, item: readonly unknown[]): Promise<number | undefined> {
  const startedAt = performance.now();
  const body = JSON.stringify({ subjects: ['stress-probe'], features: [item] });
  const response = await fetch(new URL('/notes', address.url), {
    method: 'POST',
    headers: headersOf(address.token),
    body,
  });
  if (!response.ok) return undefined;
  const { batch_id } = accepted.parse(await response.json());
  return (await isStored(address, batch_id)) ? performance.now() - startedAt : undefined;
}

async function isStored({ url, token }: Address, id: string): Promise<boolean> {
  const response = await fetch(new URL(`/batches/${id}?wait=30`, url), { headers: headersOf(token) });
  await response.arrayBuffer();
  return response.ok;
}
