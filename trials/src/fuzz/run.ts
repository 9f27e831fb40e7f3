import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { startLoop } from '@banknote-loop/local/loop';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { type Random, seededRandom } from '@banknote-loop/shared/learning';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { readTopology } from '../../../functions/topology.ts';
import { watchMemory } from '../faults/memory.ts';
import { type Burden, burden } from './burden.ts';
import { startBystander, type Waits } from './bystander.ts';
import { hostileCall, hostilePush } from './requests.ts';
import { send } from './send.ts';

export interface FuzzOptions {
  /** Whose functions are asked; those of banknotes, if nothing else is said. */
  readonly dataSet?: FoundDataSet;
  readonly requests: number;
  readonly seed: number;
  /** Whether the heaviest requests are weighed, too: that takes minutes, and tells something on a quiet machine only. */
  readonly weigh: boolean;
  /** Told what became of each function as soon as it is known. */
  readonly print?: (line: string) => void;
}

export interface FuzzReport {
  readonly requests: number;
  readonly findings: readonly string[];
}

const atOnce = 8;
/** Megabytes that a function may hold at any time, with no more room for its objects than an instance of that size has. */
const mayHoldMegabytes = 256;
/** Where nobody measures, the machine may have many processors, whose threads hold memory of their own. */
const mayHoldAnywhereMegabytes = 512;
const heapOfSmallInstance = '--max-old-space-size=128 --max-semi-space-size=8';
/** Somebody else may wait so long, in 99 of 100 requests. */
const mayWaitMs = 50;

/** Sends hostile requests to every function of a running loop, straight to its port, and watches for crash and hang. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { dataSet: found = findDataSet('banknotes'), requests, seed, weigh, print = () => {} } = options;
  const { dataSet } = found;
  const folder = makeTempFolder();
  const findings: string[] = [];
  const loop = await startLoop({
    folder,
    dataSet: found,
    port: 0,
    durable: false,
    given: {},
    settings: { LOG_LEVEL: 'silent', NODE_OPTIONS: heapOfSmallInstance },
    on: { print: line => findings.push(line) },
  });
  try {
    const functions = await readTopology();
    const peaksOf = watchMemory(loop);
    const share = Math.ceil(requests / functions.length);
    for (const definition of functions) {
      const random = seededRandom(seed + functions.indexOf(definition));
      const port = loop.functions.get(definition.name)?.port ?? 0;
      const stopAsking = startBystander(port);
      const counts = await attack(definition, { dataSet, port, count: share, random });
      const waits = await stopAsking();
      print(`${definition.name.padEnd(22)} ${inWords(counts)}; others waited ${inMs(waits)}`);
      findings.push(...judge(definition, counts));
      // Only there the machine does nothing else.
      if (weigh && waits.p99Ms > mayWaitMs)
        findings.push(`${definition.name} keeps others waiting for ${inMs(waits)}.`);
    }
    for (const definition of weigh ? functions : []) {
      const running = loop.functions.get(definition.name);
      const found = running && (await burden(dataSet, definition, running));
      if (!found) continue;
      print(`${definition.name.padEnd(22)} ${burdenInWords(found)}`);
      findings.push(...found.problems.map(problem => `${definition.name}: ${problem}`));
    }
    for (const [name, peak] of peaksOf()) {
      print(`${name.padEnd(22)} held ${Math.round(peak)} MB at most`);
      if (peak > (weigh ? mayHoldMegabytes : mayHoldAnywhereMegabytes))
        findings.push(`${name} holds ${Math.round(peak)} MB.`);
    }
    return { requests: share * functions.length, findings };
  } finally {
    await loop.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([status, times]) => `${status}: ${times}`)
    .join(', ');
}

function inMs({ p99Ms, longestMs }: Waits): string {
  return `${Math.round(p99Ms)} ms (p99; ${Math.round(longestMs)} ms at most)`;
}

function burdenInWords({ requests, grownMegabytes, waitMs }: Burden): string {
  const cost = `grew by ${Math.round(grownMegabytes)} MB at most, others waited ${Math.round(waitMs)} ms at most`;
  return `${requests} heavy requests: ${cost}`;
}

interface Attack {
  readonly dataSet: DataSet;
  readonly port: number;
  readonly count: number;
  readonly random: Random;
}

async function attack(
  definition: AnyFunction,
  { dataSet, port, count, random }: Attack,
): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const counts: Record<string, number> = {};
  let left = count;
  const attacker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const hostile =
        definition.kind === 'event'
          ? hostilePush(dataSet, definition, random)
          : hostileCall(dataSet, definition, random);
      const answer = await send(hostile, port, agent);
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, attacker));
  agent.destroy();
  return counts;
}

/** Done, refused, or "come again": an event function has no other answer to Pub/Sub, and none is an accident. */
const honest = /^(2\d\d|4\d\d|503)$/;

function judge({ name }: AnyFunction, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .filter(([answer]) => !honest.test(answer))
    .map(([answer, times]) => `${name} answered "${answer}" ${times} times.`);
}
