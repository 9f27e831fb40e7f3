import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { type Command, dictionary, gcloud, reading } from '../command.ts';
import type { Settings } from '../settings.ts';
import { argumentOf, type Site, setUpBucket } from '../site.ts';
import { type Grant, type Step, type Thing, thing } from '../step.ts';

const root = join(import.meta.dirname, '../../..');

/** What is in the database, once the instance, the database and the bucket for the set-up are there. */
export function tables(site: Site): readonly Step[] {
  return [mayReadSetUp(site), setUp(site)];
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
 * Tables, user and first rows, imported from the bucket: that needs no way into the network from here. The user is
 * made by SQL, since one that Cloud SQL makes is a member of `cloudsqlsuperuser`; and the script holds only what checks
 * the password, not the password.
 */
function setUp(site: Site): Thing {
  const { DBNAME, DBUSER } = site.settings;
  const script = `gs://${setUpBucket(site)}/set-up.sql`;
  const password = gcloud('secrets', 'versions', 'access', 'latest', `--secret=${site.names.secret}`);
  // A database that is another one, or that is again what it was at a backup, does not have what was done since.
  const done = {
    version: versionOf(site.settings),
    instance: `\${SQL_CREATED}`,
    restored: `at-\${SQL_RESTORED}`,
  };
  return thing({
    title: 'tables, user and first rows',
    look: gcloud('storage', 'objects', 'describe', rememberedIn(site), '--format=json'),
    wants: { kind: 'fields', fields: { custom_fields: done } },
    create: [
      reading(
        { name: 'set-up-sql', args: [DBUSER, ...argumentOf(site.settings)], from: password },
        gcloud('storage', 'cp', '-', script),
      ),
      gcloud('sql', 'import', 'sql', site.names.service, script, `--database=${DBNAME}`, '--user=postgres'),
      gcloud('storage', 'rm', script, '--all-versions'),
      // Written last, so that what was cut off is done again.
      remember(site, done),
    ],
  });
}

/** An object that says which version of the tables is in the database. */
function rememberedIn(site: Site): string {
  return `gs://${setUpBucket(site)}/applied`;
}

export function remember(site: Site, facts: Readonly<Record<string, string>>): Command {
  return gcloud('storage', 'cp', 'schema.sql', rememberedIn(site), `--custom-metadata=${dictionary(facts)}`);
}

function versionOf({ DATA_SET, DBUSER, DBNAME }: Settings): string {
  const { path, csv } = findDataSet(DATA_SET);
  const files =
    DATA_SET === 'banknotes' ? [join(root, 'schema.sql'), csv] : [join(root, 'schema.sql'), path, csv];
  const hash = createHash('sha256').update(`${DBUSER}\0${DBNAME}`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
