import { free, type Price, prices } from './prices.ts';

// What a number of batches and notes costs on the way through the loop, by the list prices of a month.

export interface CostItem {
  readonly name: string;
  readonly amount: string;
  readonly usd: number;
  /** What it is made of; nothing where no price is known. */
  readonly prices: readonly Price[];
}

/** What went through the loop, and how the functions that it went through are made. */
export interface Use {
  readonly batches: number;
  readonly notes: number;
  /** In so many seconds. */
  readonly seconds: number;
  readonly functions: readonly FunctionSize[];
  /** Time that instances work for something else. */
  readonly besides?: { readonly cpu: number; readonly memory: number };
  /** Whether each function's line about each batch is kept. */
  readonly keepsLines: boolean;
}

export interface FunctionSize {
  readonly cpu: number;
  /** In GiB. */
  readonly memory: number;
  /** So many calls share an instance. */
  readonly concurrency: number;
}

/** Time is billed in steps of a tenth of a second, and all that a batch needs of a function takes less. */
const callSeconds = 0.1;
/** Of a message, besides its data; and what Pub/Sub counts at least. */
const attributeBytes = 532;
const leastBytes = 1_000;
/** A stored note with its index, and a log line: both counted on a loop that ran. */
export const rowBytes = 220;
const lineBytes = 560;
const gib = 2 ** 30;

/** Without what is there for nobody's sake, and without what a month gives for nothing. */
export function costOfUse(use: Use): readonly CostItem[] {
  return [...functionTime(use), pubsub(use), logs(use)];
}

export function costItem(
  name: string,
  amount: string,
  ...parts: readonly (readonly [Price, number])[]
): CostItem {
  const usd = parts.reduce((sum, [price, count]) => sum + price.usd * count, 0);
  return { name, amount, usd, prices: parts.map(([price]) => price) };
}

function functionTime({
  batches,
  seconds,
  functions,
  besides = { cpu: 0, memory: 0 },
}: Use): readonly CostItem[] {
  const times = functions.map(({ cpu, memory, concurrency }) => {
    const busy = busySeconds(batches / seconds, seconds, concurrency);
    return { cpu: busy * cpu, memory: busy * memory };
  });
  const cpu = times.reduce((sum, one) => sum + one.cpu, besides.cpu);
  const memory = times.reduce((sum, one) => sum + one.memory, besides.memory);
  const requests = batches * functions.length;
  return [
    costItem(
      'functions, time',
      `${millions(cpu)} vCPU-s, ${millions(memory)} GiB-s`,
      [prices.cpu, Math.max(0, cpu - free.cpuSeconds)],
      [prices.memory, Math.max(0, memory - free.memorySeconds)],
    ),
    costItem('functions, requests', millions(requests), [
      prices.request,
      Math.max(0, requests - free.requests) / 1e6,
    ]),
  ];
}

/**
 * For how long instances work on something. Calls at the same time share an instance: with few of them, it is idle in
 * between; with many, it is always busy, and there are as many instances as it takes.
 */
function busySeconds(callsPerSecond: number, seconds: number, concurrency: number): number {
  const atATime = callsPerSecond * callSeconds;
  return seconds * Math.max(1 - Math.exp(-atATime), atATime / concurrency);
}

/** A batch is published twice, and delivered three times. The sizes are those of messages as they are sent. */
function pubsub({ batches, notes }: Use): CostItem {
  const counted = (data: number): number => Math.max(leastBytes, data + attributeBytes);
  const ofBatch = batches === 0 ? 0 : notes / batches;
  const request = counted(78 + 46.5 * ofBatch);
  const prediction = counted(161 + 73 * ofBatch);
  const carried = (batches * (2 * request + 3 * prediction)) / gib;
  return costItem('Pub/Sub', `${shortened(carried)} GiB`, [
    prices.pubsub,
    Math.max(0, carried - free.pubsubGib) / 1024,
  ]);
}

function logs({ batches, functions, keepsLines }: Use): CostItem {
  const kept = keepsLines ? (batches * functions.length * lineBytes) / gib : 0;
  return costItem('log lines of functions', `${shortened(kept)} GiB`, [
    prices.logs,
    Math.max(0, kept - free.logsGib),
  ]);
}

export function shortened(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M`;
}
