import { parseArgs } from 'node:util';
import { migrateDatabase, takeOverDatabase } from '@banknote-loop/local/prepare-database';
import { answerHelp, describe } from '@banknote-loop/shared/base';
import { findTarget, type OwnedDatabase } from './database-owner.ts';
import { chosen, words } from './meant-loop.ts';

// `npm run migrate`: brings the tables up to the code, as their owner.

const usage = `npm run migrate                brings the tables up to date
npm run migrate -- --from old  takes over the tables of the demo of before: all or nothing`;

answerHelp(usage);
try {
  const from = readFrom();
  await (from === 'old' ? takeOverOld(findTarget(chosen)) : bringUpToDate(findTarget(chosen)));
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

function readFrom(): string | undefined {
  const { from } = parseArgs({ args: [...words], options: { from: { type: 'string' } } }).values;
  if (from !== undefined && from !== 'old')
    throw new Error(`--from takes "old", and was given "${from}".\n${usage}`);
  return from;
}

async function bringUpToDate({ server, name, dataSet }: OwnedDatabase): Promise<void> {
  const applied = await migrateDatabase(server, name, dataSet);
  for (const migration of applied) console.log(`applied ${migration.version}, ${migration.name}`);
  console.log(`The tables of ${name} at ${server.host}:${server.port} are up to date.`);
}

async function takeOverOld({ server, name, dataSet }: OwnedDatabase): Promise<void> {
  const { tables, rated, keptIn } = await takeOverDatabase(server, name, dataSet);
  for (const { table, found, taken, doubles, senseless } of tables) {
    const left = [
      ...(doubles > 0 ? [`${doubles} doubles`] : []),
      ...(senseless > 0 ? [`${senseless} without a number, a class or an id`] : []),
    ];
    console.log(
      `${table}: ${taken} of ${found} rows taken over${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`,
    );
  }
  console.log(`${rated} of the predictions are rated, and are learned from as such.`);
  console.log(`The old tables are in the schema ${keptIn} of ${name}; nothing reads them any more.`);
  console.log('Next: npm run rebuild-cache, and npm run models -- train.');
}
