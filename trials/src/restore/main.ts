import { parseArgs } from 'node:util';
import { runDrill } from './drill.ts';

// `npm run restore-drill`: a PostgreSQL is lost, by somebody's mistake and with its machine, and comes back.
//   npm run restore-drill -- --batches 2000

const { values } = parseArgs({ options: { batches: { type: 'string', default: '2000' } } });
const batches = Number(values.batches);
if (!Number.isInteger(batches) || batches < 1)
  throw new Error(`--batches takes a number from 1, and was given "${values.batches}".`);

const { base, accident, disaster, missingAtLast } = await runDrill({ batches });
const seconds = (value: number): string => `${value.toFixed(1)} s`;
console.log(`base backup, while notes come in: ${base.megabytes.toFixed(0)} MB in ${seconds(base.seconds)}`);
console.log(
  `everything deleted by mistake: back after ${seconds(accident.seconds)}; of ${accident.batches + accident.lost} batches ${accident.lost} lost`,
);
console.log(
  `the machine lost: back after ${seconds(disaster.seconds)}; of ${disaster.batches + disaster.lost} batches since then ${disaster.lost} lost, ` +
    `those of the last ${seconds(disaster.lostSeconds)}`,
);
console.log(`all delivered again: ${missingAtLast} missing`);
process.exitCode = missingAtLast + accident.lost;
