import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { readMigrations, setUpScript, userScript } from '@banknote-loop/shared/postgres';
import { logMetrics } from '@banknote-loop/shared/telemetry';
import { readTopology } from '../../functions/topology.ts';
import type { Input, InputName } from './command.ts';
import { alertPolicy, alerts } from './dashboards/alerts.ts';
import { dashboard } from './dashboards/dashboard.ts';
import { logMetricConfig } from './dashboards/log-metric-config.ts';
import { namesOf } from './names.ts';
import { urlMapConfig } from './plan/url-map.ts';
import { deployed } from './site.ts';

// What some commands read from their standard input. As a script of its own, this file writes it to standard output:
// that is how the lines of a dry run do by hand what the deployment does by itself.

const root = join(import.meta.dirname, '../..');

/** Each makes its text of the arguments, and of the output of the command that it is made of. */
const makers = {
  'new-password': () => randomBytes(32).toString('base64url'),
  // Keys have names, and the day tells them apart.
  'new-key': () => `${new Date().toISOString().slice(0, 10)}:${randomBytes(32).toString('hex')}`,
  'set-up-sql': setUpSql,
  'user-sql': userSql,
  // gcloud puts a semicolon between the entries of a list.
  'as-told': (_args: readonly string[], given: string) => given.replaceAll(';', '\n'),
  'log-metric': logMetric,
  alert: ([name, loop]: readonly string[]) =>
    json(alertPolicy(namesOf(loop ?? 'banknotes'), named(alerts, name))),
  dashboard: ([loop]: readonly string[]) => json(dashboard(namesOf(loop ?? 'banknotes'))),
  'url-map': ([projectId = '', loop]: readonly string[]) =>
    json(urlMapConfig(namesOf(loop ?? 'banknotes'), projectId)),
} as const satisfies Record<InputName, (args: readonly string[], given: string) => string | Promise<string>>;

/** Makes the input; `given` is the output of the command that it is made of. */
export async function makeInput(
  { name, args }: Pick<Input, 'name' | 'args'>,
  given: string,
): Promise<string> {
  return makers[name](args, given);
}

async function logMetric([name, loop]: readonly string[]): Promise<string> {
  const names = namesOf(loop ?? 'banknotes');
  const functionNames = (await readTopology()).map(definition => deployed({ names }, definition.name));
  return json(logMetricConfig(names, functionNames, named(logMetrics, name)));
}

function setUpSql([user, name = 'banknotes']: readonly string[], password: string): string {
  if (!user) throw new Error('set-up-sql takes the name of the database user for the functions.');
  if (!password)
    throw new Error('set-up-sql reads the password of the database user from its standard input.');
  const { dataSet, csv } = findDataSet(name);
  return setUpScript({
    dataSet,
    migrations: readMigrations(join(root, 'migrations')),
    csv: readFileSync(csv, 'utf8'),
    user,
    password,
  });
}

function userSql([user = '', role = '']: readonly string[], password: string): string {
  if (!role)
    throw new Error('user-sql takes the name of a database user, and of the role that it is to have.');
  if (!password) throw new Error('user-sql reads the password of the user from its standard input.');
  return userScript({ user, role, password });
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string | undefined): T {
  const found = all.find(one => one.name === name);
  if (!found) throw new Error(`There is no ${name}: it is one of ${all.map(one => one.name).join(', ')}.`);
  return found;
}

function json(value: object): string {
  return JSON.stringify(value);
}

function isInputName(name: string | undefined): name is InputName {
  return name !== undefined && name in makers;
}

const readsInput: ReadonlySet<InputName> = new Set(['set-up-sql', 'user-sql', 'as-told']);

async function writeInput([name, ...args]: readonly string[]): Promise<void> {
  if (!isInputName(name)) throw new Error(`This makes ${Object.keys(makers).join(', ')}.`);
  const given = readsInput.has(name) ? await text(process.stdin) : '';
  process.stdout.write(await makeInput({ name, args }, given.trim()));
}

if (import.meta.main) void writeInput(process.argv.slice(2));
