import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Loop } from '@banknote-loop/local/loop';
import { readTopology } from '../../../functions/topology.ts';
import { withEmptyFunction } from '../empty-function.ts';
import { bundleOf, launchMeasured, type MeasuredLaunch } from '../launch.ts';
import { alternate, type Series, spreadOf, timed } from '../measure.ts';
import { messagesOf } from '../messages.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings, Goal, ReportTable } from '../report.ts';
import { withLoop } from '../with-loop.ts';
import { callsOf, type FunctionCall } from './calls.ts';

/** Long enough for what a process does right after it listens. */
const settleMs = 200;
const loadMs = 500;
const callsAtATime = 16;

export const start: Part = {
  name: 'start',
  summary:
    'from the start of a process to its first answer, and its memory, beside a function that does nothing',

  takesAnyTable: true,

  measure: effort =>
    withEmptyFunction(empty =>
      withLoop({ dataSet: effort.found }, loop => measureStarts(loop, empty, effort)),
    ),
};

interface Observation {
  readonly firstAnswer: number;
  /** Memory when the process listens and has done nothing yet. */
  readonly idle: number;
  readonly loaded: number;
}

interface Start {
  readonly launch: MeasuredLaunch;
  readonly listening: Series<'empty' | 'ours'>;
  readonly memoryRatio: number;
  readonly observed: readonly Observation[];
}

async function measureStarts(
  loop: Loop,
  empty: MeasuredLaunch,
  { rounds, found }: Effort,
): Promise<Findings> {
  const calls = await callsOf(loop, messagesOf(found));
  const starts: Start[] = [];
  for (const { name } of await readTopology()) {
    const ours = { name, source: bundleOf(name), environment: loop.environment };
    starts.push(await compare(ours, empty, calls.get(name) ?? getRoot, rounds));
  }
  return { tables: [tableOf(starts)], targets: starts.flatMap(targetsOf) };
}

async function compare(
  ours: MeasuredLaunch,
  empty: MeasuredLaunch,
  call: FunctionCall,
  rounds: number,
): Promise<Start> {
  const observed: Observation[] = [];
  const emptyMemory: number[] = [];
  const listening = await alternate(rounds, {
    empty: async () => {
      const { listeningMs, idle } = await observe(empty);
      emptyMemory.push(idle);
      return listeningMs;
    },
    ours: async () => {
      const { listeningMs, ...observation } = await observe(ours, call);
      observed.push(observation);
      return listeningMs;
    },
  });
  const idle = spreadOf(observed.map(one => one.idle)).median;
  return { launch: ours, listening, observed, memoryRatio: idle / spreadOf(emptyMemory).median };
}

function tableOf(starts: readonly Start[]): ReportTable {
  return {
    title: 'Start, in milliseconds, and memory, in megabytes',
    columns: [
      'function',
      'listening',
      'empty function',
      'x empty',
      'first answer',
      'memory',
      'x empty',
      'under load',
      'code MB',
    ],
    rows: starts.map(({ launch: { name, source }, listening, observed, memoryRatio }) => [
      name,
      listening.spread('ours'),
      listening.spread('empty'),
      listening.ratio('ours', 'empty').median,
      spreadOf(observed.map(one => one.firstAnswer)),
      spreadOf(observed.map(one => one.idle)).median,
      memoryRatio,
      spreadOf(observed.map(one => one.loaded)).median,
      codeIn(source) / 1e6,
    ]),
  };
}

function targetsOf({ launch: { name }, listening, memoryRatio }: Start): readonly Goal[] {
  if (name === 'training') return [];
  const measured = listening.ratio('ours', 'empty').median;
  return [
    { what: `${name}: times the start of an empty function`, measured, atMost: 1.5 },
    { what: `${name}: times the memory of an empty function`, measured: memoryRatio, atMost: 1.3 },
  ];
}

async function observe(
  one: MeasuredLaunch,
  call: FunctionCall = getRoot,
): Promise<Observation & { readonly listeningMs: number }> {
  const launched = await launchMeasured(one);
  try {
    await delay(settleMs);
    const idle = launched.memory().now;
    const firstAnswer = await timed(() => call(launched.port));
    await callFor(loadMs, launched.port, call);
    return { listeningMs: launched.listeningMs, firstAnswer, idle, loaded: launched.memory().now };
  } finally {
    await launched.end();
  }
}

async function callFor(ms: number, port: number, call: FunctionCall): Promise<void> {
  const end = performance.now() + ms;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) await call(port);
  };
  await Promise.all(Array.from({ length: callsAtATime }, worker));
}

async function getRoot(port: number): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/`).then(response => response.text());
}

function codeIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.m?js$/.test(file))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
