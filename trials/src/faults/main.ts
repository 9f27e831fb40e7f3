import { parseArgs } from 'node:util';
import { buildAll } from '@banknote-loop/build/build';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { formatReport } from './report.ts';
import { runFaults } from './run.ts';

// `npm run faults`: the loop under every fault, and what became of every message.
//   npm run faults -- --notes 20000 --ratings 2000 --seconds 120 --burst 20000 --seed 1 --data-set iris

const { values } = parseArgs({
  options: {
    notes: { type: 'string', default: '20000' },
    ratings: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '120' },
    burst: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    'data-set': { type: 'string', default: 'banknotes' },
  },
});

await buildAll();
const report = await runFaults({
  dataSet: findDataSet(values['data-set']),
  notes: Number(values.notes),
  ratings: Number(values.ratings),
  seconds: Number(values.seconds),
  burst: Number(values.burst),
  seed: Number(values.seed),
  say: line => console.log(`  ${line}`),
});
console.log(formatReport(report));
process.exit(report.findings.length === 0 ? 0 : 1);
