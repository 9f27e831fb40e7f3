import { buildAll } from '@banknote-loop/build/build';
import { readCommandLine } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { formatReport } from './report.ts';
import { runFaults } from './run.ts';

const usage = `npm run faults             breaks every service under load, and says what became of every message
  --notes N                so many notes (20000), and as many at once at the end: --burst N
  --ratings N              so many ratings (2000)
  --seconds N              for so long (120)
  --seed N                 which faults, and when (1)
  --data-set NAME          items of another data set`;

const { 'data-set': name, ...amounts } = readCommandLine(usage, {
  notes: 20_000,
  ratings: 2_000,
  seconds: 120,
  burst: 20_000,
  seed: 1,
  'data-set': 'banknotes',
});
const dataSet = findDataSet(name);

await buildAll();
const report = await runFaults({
  dataSet,
  ...amounts,
  print: line => console.log(`  ${line}`),
});
console.log(formatReport(report));
process.exit(report.findings.length === 0 ? 0 : 1);
