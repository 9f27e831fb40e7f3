import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { roleOf, userOf } from '@banknote-loop/shared/postgres';
import { type Command, dictionary, gcloud, type Input, reading } from '../command.ts';
import { versionName } from '../lookups.ts';
import { passwordSecret } from '../names.ts';
import type { Settings } from '../settings.ts';
import { builtAs, type Site, setUpBucket, sqlInstance, withOwnUser } from '../site.ts';
import { type CloudResource, type Grant, resource, type Step } from '../step.ts';

const root = join(import.meta.dirname, '../../..');

/** What is in the database, once the instance, the database and the bucket for the set-up are there. */
export function tables(site: Site): readonly Step[] {
  return [mayReadSetUp(site), setUp(site), ...withOwnUser(site).map(definition => user(site, definition))];
}

function mayReadSetUp(site: Site): Grant {
  return {
    kind: 'grant',
    title: 'Cloud SQL reads the set-up script',
    noun: ['storage', 'buckets'],
    name: `gs://${setUpBucket(site)}`,
    flags: [],
    role: 'roles/storage.objectViewer',
    members: [`serviceAccount:\${SQL_ACCOUNT}`],
    exact: true,
  };
}

/**
 * Tables, user and first rows, imported from the bucket: that needs no way into the network from here. Users are
 * made by SQL, since those that Cloud SQL makes are members of `cloudsqlsuperuser`; and the scripts hold only what checks
 * the passwords, not the passwords.
 */
function setUp(site: Site): CloudResource {
  const { DBUSER, DATA_SET } = site.settings;
  return imported(site, {
    title: 'tables, user and first rows',
    name: tablesApplied,
    version: versionOf(site.settings),
    input: { name: 'set-up-sql', args: [DBUSER, DATA_SET] },
    secret: site.names.secret,
  });
}

/** As whom a function logs in: it has that function's role, which came with the tables. */
function user(site: Site, definition: AnyFunction): CloudResource {
  const { entry } = builtAs(site, definition);
  const args = [userOf(entry, site.settings.DBUSER), roleOf(entry)];
  return imported(site, {
    title: `database user ${args[0]}`,
    name: `user-of-${entry}`,
    version: hashOf(args),
    input: { name: 'user-sql', args },
    secret: passwordSecret(site.names, definition.name),
  });
}

interface Script {
  readonly title: string;
  /** Of the script, and of the object that says which version of it has been done. */
  readonly name: string;
  readonly version: string;
  readonly input: Pick<Input, 'name' | 'args'>;
  /** The secret with the password that the script is about. */
  readonly secret: string;
}

function imported(site: Site, { title, name, version, input, secret }: Script): CloudResource {
  const script = `gs://${setUpBucket(site)}/${name}.sql`;
  const from = gcloud('secrets', 'versions', 'access', 'latest', `--secret=${secret}`);
  // A database that is another one, or that is again what it was at a backup, does not have what was done since; nor does
  // it know a password that has come into the secret since.
  const done = {
    version,
    instance: `\${SQL_CREATED}`,
    restored: `at-\${SQL_RESTORED}`,
    password: `at-\${${versionName(secret)}}`,
  };
  return resource({
    title,
    look: gcloud('storage', 'objects', 'describe', rememberedIn(site, name), '--format=json'),
    wants: { kind: 'fields', fields: { custom_fields: done } },
    create: [
      reading({ ...input, from }, gcloud('storage', 'cp', '-', script)),
      gcloud(
        'sql',
        'import',
        'sql',
        sqlInstance(site),
        script,
        `--database=${site.settings.DBNAME}`,
        '--user=postgres',
      ),
      gcloud('storage', 'rm', script, '--all-versions'),
      // Written last, so that what was cut off is done again.
      remember(site, name, done),
    ],
  });
}

/** What is remembered of the tables. */
const tablesApplied = 'applied';

function rememberedIn(site: Site, name: string): string {
  return `gs://${setUpBucket(site)}/${name}`;
}

function remember(site: Site, name: string, facts: Readonly<Record<string, string>>): Command {
  const metadata = `--custom-metadata=${dictionary(facts)}`;
  return gcloud('storage', 'cp', 'schema.sql', rememberedIn(site, name), metadata);
}

/** Whatever was remembered of the tables of a database of this name before is not true of another one. */
export function forgetTables(site: Site): Command {
  return remember(site, tablesApplied, { version: 'none' });
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
}

function versionOf({ DATA_SET, DBUSER, DBNAME }: Settings): string {
  const { path, csv } = findDataSet(DATA_SET);
  const files =
    DATA_SET === 'banknotes' ? [join(root, 'schema.sql'), csv] : [join(root, 'schema.sql'), path, csv];
  const hash = createHash('sha256').update(`${DBUSER}\0${DBNAME}`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
