import { readCommandLine } from '@banknote-loop/shared/base';
import { runDrill } from './drill.ts';

const usage = `npm run restore-drill      loses a PostgreSQL by somebody's mistake and with its machine, and gets it back
  --batches N              with so many batches of notes (2000)`;

const { batches } = readCommandLine(usage, { batches: 2_000 });

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
