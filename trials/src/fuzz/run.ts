import { rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { type Random, seededRandom } from '@banknote-loop/shared/learning';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { readTopology } from '../../../functions/topology.ts';
import { residentMegabytes } from '../faults/memory.ts';
import { type Burden, burden } from './burden.ts';
import { hostileCall, hostilePush } from './requests.ts';
import { send } from './send.ts';

export interface FuzzOptions {
  /** Whose functions are asked; those of banknotes, if nothing else is said. */
  readonly dataSet?: FoundDataSet;
  readonly requests: number;
  readonly seed: number;
  /** Whether the heaviest requests are weighed, too: that takes minutes, and tells something on a quiet machine only. */
  readonly weigh: boolean;
}

export interface FuzzReport {
  readonly requests: number;
  /** How often each status was answered, by function. */
  readonly statuses: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Resident megabytes before, at most, and afterwards. */
  readonly memory: ReadonlyMap<string, { readonly before: number; readonly after: number }>;
  /** What the heaviest requests cost each function and those who asked it for something else meanwhile. */
  readonly burdens: ReadonlyMap<string, Burden>;
  readonly findings: readonly string[];
}

const atOnce = 8;
/** A process that has swallowed 20 MB at a time may keep some room for the next; not for all that there were. */
const mayKeepMegabytes = 600;

/** Sends hostile requests to every function of a running loop, straight to its port, and watches for crash and hang. */
export async function runFuzz({
  dataSet: found = findDataSet('banknotes'),
  requests,
  seed,
  weigh,
}: FuzzOptions): Promise<FuzzReport> {
  const { dataSet } = found;
  const folder = makeTempFolder();
  const restarts: string[] = [];
  const loop = await startLoop({
    folder,
    dataSet: found,
    port: 0,
    durable: false,
    given: {},
    settings: { LOG_LEVEL: 'silent' },
    on: { print: line => restarts.push(line) },
  });
  try {
    const functions = await readTopology();
    const before = memoryOf(loop);
    const share = Math.ceil(requests / functions.length);
    const statuses = new Map<string, Record<string, number>>();
    const findings: string[] = [];
    for (const definition of functions) {
      const random = seededRandom(seed + functions.indexOf(definition));
      const port = loop.functions.get(definition.name)?.port ?? 0;
      const counts = await attack(definition, { dataSet, port, count: share, random });
      statuses.set(definition.name, counts);
      findings.push(...judge(definition, counts));
    }
    const memory = new Map(
      [...memoryOf(loop)].map(([name, after]) => [name, { before: before.get(name) ?? 0, after }]),
    );
    for (const [name, { after }] of memory) {
      if (after > mayKeepMegabytes) findings.push(`${name} keeps ${Math.round(after)} MB.`);
    }
    const burdens = new Map<string, Burden>();
    for (const definition of weigh ? functions : []) {
      const running = loop.functions.get(definition.name);
      if (running) burdens.set(definition.name, await burden(dataSet, definition, running));
    }
    for (const [name, { problems }] of burdens)
      findings.push(...problems.map(problem => `${name}: ${problem}`));
    return {
      requests: share * functions.length,
      statuses,
      memory,
      burdens,
      findings: [...findings, ...restarts],
    };
  } finally {
    await loop.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function memoryOf(loop: Loop): ReadonlyMap<string, number> {
  return new Map([...loop.functions].map(([name, { pid }]) => [name, residentMegabytes(pid)]));
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
