import { buildAll } from '@banknote-loop/build/build';
import { readCommandLine } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { runFuzz } from './run.ts';

const usage = `npm run fuzz               hostile requests and messages against every function, and what they do to it
  --requests N             so many (100000)
  --seed N                 which ones; without it, others each time
  --data-set NAME          items of another data set`;

const options = readCommandLine(usage, {
  requests: 100_000,
  seed: Date.now() % 1_000_000,
  'data-set': 'banknotes',
});
const dataSet = findDataSet(options['data-set']);

await buildAll();
console.log(`seed ${options.seed}`);
const { requests, statuses, memory, burdens, findings } = await runFuzz({
  dataSet,
  requests: options.requests,
  seed: options.seed,
  weigh: true,
});
for (const [name, counts] of statuses) {
  const { before = 0, after = 0 } = memory.get(name) ?? {};
  const answers = Object.entries(counts).map(([status, times]) => `${status}: ${times}`);
  console.log(`${name.padEnd(22)} ${Math.round(before)} -> ${Math.round(after)} MB   ${answers.join(', ')}`);
}
for (const [name, { requests: heavy, grownMegabytes, waitMs }] of burdens) {
  const cost = `grew by ${Math.round(grownMegabytes)} MB at most, others waited ${Math.round(waitMs)} ms at most`;
  console.log(`${name.padEnd(22)} ${heavy} heavy requests: ${cost}`);
}
for (const finding of findings) console.log(finding);
console.log(`${requests} requests, ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
