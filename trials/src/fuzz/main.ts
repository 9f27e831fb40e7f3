import { parseArgs } from 'node:util';
import { buildAll } from '@banknote-loop/build/build';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { runFuzz } from './run.ts';

// `npm run fuzz`: hostile requests against every function.
//   npm run fuzz -- --requests 100000 --seed 1 --data-set iris

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'data-set': { type: 'string', default: 'banknotes' },
  },
});

await buildAll();
console.log(`seed ${values.seed}`);
const { requests, findings } = await runFuzz({
  dataSet: findDataSet(values['data-set']),
  requests: Number(values.requests),
  seed: Number(values.seed),
  weigh: true,
  say: line => console.log(line),
});
for (const finding of findings) console.log(finding);
console.log(`${requests} requests, ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
