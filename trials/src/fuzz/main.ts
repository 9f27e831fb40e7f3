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
const { requests, findings } = await runFuzz({
  dataSet,
  requests: options.requests,
  seed: options.seed,
  weigh: true,
  print: line => console.log(line),
});
for (const finding of findings) console.log(finding);
console.log(`${requests} requests, ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
