import { migrateDatabase } from '@banknote-loop/local/prepare-database';
import { describe } from '@banknote-loop/shared/base';
import { findTarget } from './database-owner.ts';
import { chosen } from './tool.ts';

// `npm run migrate`: brings the tables up to the code, as their owner.

try {
  const { server, name, dataSet } = findTarget(chosen);
  const applied = await migrateDatabase(server, name, dataSet);
  for (const migration of applied) console.log(`applied ${migration.version}, ${migration.name}`);
  console.log(`The tables of ${name} at ${server.host}:${server.port} are up to date.`);
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}
