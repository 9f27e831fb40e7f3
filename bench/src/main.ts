import { writeFileSync } from 'node:fs';
import { answerHelp } from '@banknote-loop/shared/base';
import { doors } from './doors/part.ts';
import { growth } from './growth/part.ts';
import { handlers } from './handlers/part.ts';
import { hop } from './hop/part.ts';
import { loop } from './loop/part.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, orEnd, readOptions, usage } from './options.ts';
import type { Part } from './part.ts';
import { formatFindings } from './report.ts';
import { rows } from './rows/part.ts';
import { serving } from './serving/part.ts';
import { start } from './start/part.ts';
import { tables } from './tables/part.ts';
import { training } from './training/part.ts';

// What `npm run bench` runs.

const parts: readonly Part[] = [handlers, hop, loop, start, training, growth, rows, serving, doors, tables];

async function main({ only, tables: wanted, found, quick, json }: BenchOptions): Promise<void> {
  const effort = { quick, rounds: quick ? 2 : 5, tables: wanted, found };
  const machine = describeMachine();
  console.log(formatFindings({ tables: [machine], targets: [] }));
  const measured = [];
  const isWanted = ({ name, takesLong }: Part): boolean =>
    only.length === 0 ? quick || !takesLong : only.includes(name);
  for (const part of parts.filter(isWanted)) {
    console.log(`\n## ${part.name}: ${part.summary}`);
    const findings = await part.measure(effort);
    console.log(formatFindings(findings));
    measured.push({ part: part.name, ...findings });
  }
  if (json)
    writeFileSync(
      json,
      `${JSON.stringify({ machine, dataSet: found.dataSet.name, quick, measured }, null, 2)}\n`,
    );
}

answerHelp(usage);
await main(orEnd(() => readOptions(process.argv.slice(2), parts), usage));
