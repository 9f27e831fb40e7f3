import { prepareDatabase, prepareUsers } from '@banknote-loop/local/prepare-database';
import { readCommandLine } from '@banknote-loop/shared/base';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { chosen, words } from './meant-loop.ts';

const usage = `npm run set-up-database    makes an existing PostgreSQL ready for the loop
  PGHOST, PGPORT           where it is
  PGUSER, PGPASSWORD       who may make databases and roles there
  LOOP_PASSWORD            what the loop's user gets for a password; a function of which it is given,
                           LOOP_PASSWORD_TRAINING_TO_DB say, gets a user of its own
  DBNAME                   how the database is called, if not like the data set
  --data-set NAME          for another data set than banknotes`;

readCommandLine(usage, {}, words);

function variable(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (!value)
    throw new Error(
      `${name} is not set: set-up-database needs PGHOST, PGUSER, PGPASSWORD and LOOP_PASSWORD.`,
    );
  return value;
}

function passwordVariable(functionName: string): string {
  return `LOOP_PASSWORD_${functionName.toUpperCase().replaceAll('-', '_')}`;
}

try {
  const found = findDataSet(chosen ?? 'banknotes');
  const server = {
    host: variable('PGHOST'),
    port: Number(variable('PGPORT', '5432')),
    user: variable('PGUSER'),
    password: variable('PGPASSWORD'),
  };
  const access = await prepareDatabase(
    server,
    variable('DBNAME', found.dataSet.name),
    variable('LOOP_PASSWORD'),
    found,
  );
  const { DBHOST, DBPORT, DBNAME, DBUSER } = access;
  console.log(`DBHOST=${DBHOST} DBPORT=${DBPORT} DBNAME=${DBNAME} DBUSER=${DBUSER}`);
  const users = await prepareUsers(server, access, async name => process.env[passwordVariable(name)]);
  for (const [name, user] of users) console.log(`${name}: DBUSER=${user}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
