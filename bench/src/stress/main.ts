import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { runningLoops } from '@banknote-loop/local/running-loops';
import { answerHelp } from '@banknote-loop/shared/base';
import { type Behind, watchBacklog } from './behind.ts';
import { drawItems, type Latency, type LoadResult, load, type Scenario, scenarios } from './load.ts';
import type { ProcessorTime } from './processor-time.ts';

// What `npm run stress` runs.

const usage = `npm run stress -- [predict|notes|batches|mixed|healthz]
                             loads a running loop, mixed if nothing is said, and says what people would feel
  --connections N            so many ask at a time (16)
  --duration SECONDS         for so long (10)
  --url URL                  where (LOOP_URL, or http://127.0.0.1:8080)
  --token TOKEN              with this token, where callers sign in
  --json                     the findings as JSON, and nothing else, on the standard output`;

interface StressOptions {
  readonly scenario: Scenario;
  readonly connections: number;
  readonly seconds: number;
  readonly url: string;
  readonly token: string | undefined;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): StressOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      connections: { type: 'string', default: '16' },
      duration: { type: 'string', default: '10' },
      url: { type: 'string', default: process.env.LOOP_URL ?? 'http://127.0.0.1:8080' },
      token: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [name = 'mixed'] = positionals;
  const scenario = scenarios.find(one => one === name);
  if (!scenario) throw new Error(`There is no scenario "${name}": it is ${scenarios.join(', ')}.`);
  const { url, token, json } = values;
  if (!URL.canParse(url)) throw new Error(`--url takes an address, and was given "${url}".`);
  const count = (option: string, text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${option} takes a whole number above 0, and was given "${text}".`);
  };
  return {
    scenario,
    connections: count('connections', values.connections),
    seconds: count('duration', values.duration),
    url,
    token,
    json,
  };
}

async function main(options: StressOptions): Promise<void> {
  const { json, scenario, connections, seconds, url } = options;
  const write = (text: string): void => void (json || process.stdout.write(text));
  const items = await drawItems(options);
  write(`${scenario} on ${url}: ${connections} connections for ${seconds} s\n`);
  const watching = watchBacklog(options, items, runnerAt(url));
  const result = await load({ ...options, onSecond: answers => write(`  ${answers} answers/s\n`) }, items);
  write('  the load has ended; waiting until the loop has done what it accepted …\n');
  const behind = await watching.end(result.batchIds);
  const { batchIds, ...figures } = result;
  const processorTime = behind.processorTime && Object.fromEntries(behind.processorTime);
  const found = { scenario, connections, seconds, url, ...figures, behind: { ...behind, processorTime } };
  if (json) console.log(JSON.stringify(found, null, 2));
  else console.log(`\n${format(result, behind)}`);
  if (behind.lost > 0) process.exitCode = 1;
}

/** The process of the loop that answers there, if it runs on a data folder of this checkout. */
function runnerAt(url: string): number | undefined {
  const { origin } = new URL(url);
  const loops = runningLoops(join(import.meta.dirname, '../../..'));
  return loops.find(({ environment }) => environment.LOOP_URL === origin)?.runner;
}

function format(
  { perSecond, latency, statuses, errors, answersBySecond }: LoadResult,
  behind: Behind,
): string {
  const { deepest, visible, drainSeconds, lookedFor, lost, processorTime } = behind;
  const answers = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const counted = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  return [
    `${styleText('bold', `${Math.round(perSecond).toLocaleString('en')} answers/s`)}   ${sparks(answersBySecond)}`,
    `answers: ${counted.join(', ') || 'none'}${errors > 0 ? `, and ${errors} that did not come` : ''}`,
    '',
    ...chart(latency),
    '',
    `the longest queue: ${deepest ? `${deepest.waiting} messages for ${deepest.name}` : 'none was seen'}`,
    visible
      ? `a note sent in during the load could be looked up after ${ms(visible.p50)} (p50), ${ms(visible.p99)} (p99), by ${visible.probes} probes`
      : 'no note that was sent in during the load was accepted',
    `everything accepted was done ${drainSeconds.toFixed(1)} s after the load; of ${lookedFor} batches looked for ${lost} are missing`,
    ...(processorTime ? ['', ...tableOfTime(processorTime, answers)] : []),
  ].join('\n');
}

function tableOfTime(processorTime: ProcessorTime, answers: number): readonly string[] {
  const rows = [...processorTime].map(([name, time]) => [name, time / answers] as const);
  const sum = rows.reduce((total, [, time]) => total + time, 0);
  return [
    'processor time of each answer, with all that came of it, in µs:',
    ...[...rows, ['all', sum] as const].map(
      ([name, time]) => `${Math.round(time).toLocaleString('en').padStart(8)}  ${name}`,
    ),
  ];
}

const width = 50;

function chart(latency: Latency): readonly string[] {
  const entries = Object.entries(latency);
  const longest = Math.max(...entries.map(([, value]) => value), 1);
  return entries.map(([name, value]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((value / longest) * width)));
    return `${name.padStart(6)} ${ms(value).padStart(9)} ${styleText('cyan', bar)}`;
  });
}

const heights = [...'▁▂▃▄▅▆▇█'];

/** Answers second by second. */
function sparks(values: readonly number[]): string {
  const most = Math.max(...values, 1);
  return values.map(value => heights[Math.round((value / most) * (heights.length - 1))]).join('');
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

answerHelp(usage);
try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exit(1);
}
