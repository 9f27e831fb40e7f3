import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gcloud, reading } from '../command.ts';
import { names, type Site, setUpBucket } from '../site.ts';
import { anyEntry, type Grant, type Step, type Thing, thing } from '../step.ts';
import { bucket } from './foundations.ts';

// Cloud SQL, with a private address only, and everything in it that the functions expect.

const root = join(import.meta.dirname, '../../..');
const peering = 'servicenetworking.googleapis.com';

export function database(site: Site): readonly Step[] {
  if (site.settings.DBHOST) return [];
  return [
    addresses(site),
    peeringOf(site),
    instance(site),
    databaseIn(site),
    bucket(site, setUpBucket(site)),
    mayReadSetUp(site),
    setUp(site),
  ];
}

/** From these, Google takes the address of the database. */
function addresses({ settings }: Site): Thing {
  const noun = ['compute', 'addresses'];
  return thing({
    title: `addresses ${names.addresses} for services in the network`,
    look: gcloud(...noun, 'describe', names.addresses, '--global', '--format=json'),
    create: [
      gcloud(
        ...[...noun, 'create', names.addresses, '--global', '--purpose=VPC_PEERING', '--prefix-length=20'],
        `--network=${settings.NETWORK}`,
      ),
    ],
    change: [],
    remove: [gcloud(...noun, 'delete', names.addresses, '--global')],
    // The database stays reachable only as long as these do.
    holdsData: true,
  });
}

/** A network has one peering for all: it is taken away only if our addresses are all that it is there for. */
function peeringOf({ settings }: Site): Thing {
  const flags = [`--service=${peering}`, `--network=${settings.NETWORK}`];
  return thing({
    title: `peering of the network ${settings.NETWORK} with Google's services`,
    look: gcloud('services', 'vpc-peerings', 'list', ...flags, '--format=json'),
    wants: anyEntry,
    create: [gcloud('services', 'vpc-peerings', 'connect', ...flags, `--ranges=${names.addresses}`)],
    remove: [gcloud('services', 'vpc-peerings', 'delete', ...flags)],
    holdsData: true,
    ours: { kind: 'fields', fields: { '0.reservedPeeringRanges.0': names.addresses } },
  });
}

function instance({ settings }: Site): Thing {
  const { PROJECT_ID, REGION, NETWORK, DB_TIER, DB_AVAILABILITY, DB_MAX_CONNECTIONS } = settings;
  const noun = ['sql', 'instances'];
  const changeable = [
    `--tier=${DB_TIER}`,
    `--availability-type=${DB_AVAILABILITY}`,
    `--database-flags=max_connections=${DB_MAX_CONNECTIONS}`,
    '--backup-start-time=03:00',
    '--enable-point-in-time-recovery',
    '--storage-auto-increase',
    '--deletion-protection',
  ];
  return thing({
    title: `Cloud SQL ${names.service}`,
    look: gcloud(...noun, 'describe', names.service, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        'settings.tier': DB_TIER,
        'settings.availabilityType': DB_AVAILABILITY.toUpperCase(),
        'settings.databaseFlags.0.name': 'max_connections',
        'settings.databaseFlags.0.value': DB_MAX_CONNECTIONS,
        'settings.backupConfiguration.enabled': true,
        'settings.backupConfiguration.pointInTimeRecoveryEnabled': true,
        'settings.deletionProtectionEnabled': true,
        'settings.ipConfiguration.ipv4Enabled': false,
      },
    },
    create: [
      gcloud(
        ...[...noun, 'create', names.service, '--database-version=POSTGRES_17', '--edition=enterprise'],
        ...[
          `--region=${REGION}`,
          `--network=projects/${PROJECT_ID}/global/networks/${NETWORK}`,
          '--no-assign-ip',
        ],
        ...changeable,
      ),
    ],
    change: [gcloud(...noun, 'patch', names.service, '--no-assign-ip', ...changeable)],
    remove: [
      gcloud(...noun, 'patch', names.service, '--no-deletion-protection'),
      gcloud(...noun, 'delete', names.service),
    ],
    holdsData: true,
  });
}

function databaseIn({ settings }: Site): Thing {
  const flags = [settings.DBNAME, `--instance=${names.service}`];
  return thing({
    title: `database ${settings.DBNAME}`,
    look: gcloud('sql', 'databases', 'describe', ...flags, '--format=json'),
    create: [gcloud('sql', 'databases', 'create', ...flags)],
    change: [],
    remove: [gcloud('sql', 'databases', 'delete', ...flags)],
    holdsData: true,
  });
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
  const done = `gs://${setUpBucket(site)}/applied-${versionOf(DBUSER)}`;
  const password = gcloud('secrets', 'versions', 'access', 'latest', `--secret=${names.secret}`);
  const commands = [
    reading({ name: 'set-up-sql', args: [DBUSER], from: password }, gcloud('storage', 'cp', '-', script)),
    gcloud('sql', 'import', 'sql', names.service, script, `--database=${DBNAME}`, '--user=postgres'),
    gcloud('storage', 'rm', script),
    // Says which version of the tables is in the database: written last, so that what was cut off is done again.
    gcloud('storage', 'cp', 'schema.sql', done),
  ];
  return thing({
    title: 'tables, user and first rows',
    look: gcloud('storage', 'objects', 'describe', done, '--format=json'),
    create: commands,
    change: [],
  });
}

function versionOf(user: string): string {
  const hash = createHash('sha256').update(user);
  for (const file of ['schema.sql', 'bank_data.csv']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 12);
}
