import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { chosen } from './tool.ts';

// `npm run set-up-database`: makes an existing PostgreSQL ready for the loop. It logs in as PGUSER with PGPASSWORD, who
// must be allowed to make databases and roles, and gives the functions' user the password LOOP_PASSWORD.

function variable(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (!value)
    throw new Error(
      `${name} is not set: set-up-database needs PGHOST, PGUSER, PGPASSWORD and LOOP_PASSWORD.`,
    );
  return value;
}

try {
  const found = findDataSet(chosen ?? 'banknotes');
  const server = {
    host: variable('PGHOST'),
    port: Number(variable('PGPORT', '5432')),
    user: variable('PGUSER'),
    password: variable('PGPASSWORD'),
  };
  const { DBHOST, DBPORT, DBNAME, DBUSER } = await prepareDatabase(
    server,
    variable('DBNAME', found.dataSet.name),
    variable('LOOP_PASSWORD'),
    found,
  );
  console.log(`DBHOST=${DBHOST} DBPORT=${DBPORT} DBNAME=${DBNAME} DBUSER=${DBUSER}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
