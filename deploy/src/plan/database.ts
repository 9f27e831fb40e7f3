import { z } from 'zod';
import { dictionary, gcloud } from '../command.ts';
import { at } from '../faults.ts';
import { type Site, setUpBucket, sqlInstance } from '../site.ts';
import { anyEntry, type CloudResource, isDescribedOurs, labelOf, resource, type Step } from '../step.ts';
import { databaseAuthority, encryptedOnly } from './encryption.ts';
import { networkName, networkPath } from './network.ts';
import { standby } from './standby.ts';
import { bucket } from './storage.ts';
import { forgetTables, tables } from './tables.ts';

// Cloud SQL, with a private address only, and everything in it that the functions expect.

const peering = 'servicenetworking.googleapis.com';

export function database(site: Site): readonly Step[] {
  if (site.settings.DBHOST) return [];
  return [
    addresses(site),
    peeringOf(site),
    instance(site),
    ...databaseAuthority(site),
    // What was in it for a moment must not be found there later.
    bucket(site, { name: setUpBucket(site), keepsOld: false }),
    databaseIn(site),
    ...tables(site),
    ...standby(site),
  ];
}

/** From these, Google takes the address of the database. */
function addresses(site: Site): CloudResource {
  const { settings } = site;
  const noun = ['compute', 'addresses'];
  return resource({
    title: `addresses ${site.names.addresses} for services in the network`,
    look: gcloud(...noun, 'describe', site.names.addresses, '--global', '--format=json'),
    create: [
      gcloud(
        ...[
          ...noun,
          'create',
          site.names.addresses,
          '--global',
          '--purpose=VPC_PEERING',
          '--prefix-length=20',
        ],
        ...[`--network=${networkName(settings)}`, `--description=${site.names.description}`],
      ),
    ],
    change: [],
    remove: [gcloud(...noun, 'delete', site.names.addresses, '--global')],
    // The database stays reachable only as long as these do.
    holdsData: true,
    ours: isDescribedOurs(site),
  });
}

/** A network has one peering for all: it is taken away only if our addresses are all that it is there for. */
function peeringOf(site: Site): CloudResource {
  const { settings } = site;
  const network = networkName(settings);
  const flags = [`--service=${peering}`, `--network=${network}`];
  return resource({
    title: `peering of the network ${network} with Google's services`,
    look: gcloud('services', 'vpc-peerings', 'list', ...flags, '--format=json'),
    wants: anyEntry,
    create: [gcloud('services', 'vpc-peerings', 'connect', ...flags, `--ranges=${site.names.addresses}`)],
    remove: [gcloud('services', 'vpc-peerings', 'delete', ...flags)],
    holdsData: true,
    ours: { kind: 'fields', fields: { '0.reservedPeeringRanges.0': site.names.addresses } },
  });
}

/** Any second of these days can be restored, and as many nights. */
const logDays = 7;
const backups = 7;

function instance(site: Site): CloudResource {
  const { settings } = site;
  const { REGION, DB_TIER, DB_AVAILABILITY, DB_MAX_CONNECTIONS } = settings;
  const noun = ['sql', 'instances'];
  const version = 'POSTGRES_17';
  const changeable = [
    `--tier=${DB_TIER}`,
    `--availability-type=${DB_AVAILABILITY}`,
    '--backup-start-time=03:00',
    '--enable-point-in-time-recovery',
    `--retained-transaction-log-days=${logDays}`,
    `--retained-backups-count=${backups}`,
    '--storage-auto-increase',
    '--deletion-protection',
    '--no-assign-ip',
    // Somebody may have stopped it.
    '--activation-policy=always',
  ];
  return resource({
    title: `Cloud SQL ${sqlInstance(site)}`,
    look: gcloud(...noun, 'describe', sqlInstance(site), '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        'settings.tier': DB_TIER,
        'settings.availabilityType': DB_AVAILABILITY.toUpperCase(),
        'settings.databaseFlags.max_connections.value': DB_MAX_CONNECTIONS,
        'settings.backupConfiguration': {
          enabled: true,
          pointInTimeRecoveryEnabled: true,
          startTime: '03:00',
          transactionLogRetentionDays: logDays,
          'backupRetentionSettings.retainedBackups': backups,
        },
        'settings.activationPolicy': 'ALWAYS',
        'settings.storageAutoResize': true,
        'settings.deletionProtectionEnabled': true,
        'settings.ipConfiguration.ipv4Enabled': false,
        'settings.ipConfiguration.authorizedNetworks': [],
      },
    },
    // It has the data: nothing but a person may make it anew.
    fixed: {
      databaseVersion: version,
      region: REGION,
      'settings.ipConfiguration.privateNetwork': networkPath(settings),
    },
    create: [
      gcloud(
        // Only the beta command can label it as it makes it.
        ...[
          'beta',
          ...noun,
          'create',
          sqlInstance(site),
          `--database-version=${version}`,
          '--edition=enterprise',
        ],
        ...[`--region=${REGION}`, `--network=${networkPath(settings)}`, `--labels=${labelOf(site)}`],
        ...[`--database-flags=max_connections=${DB_MAX_CONNECTIONS}`, ...changeable],
        `--ssl-mode=${encryptedOnly}`,
      ),
    ],
    change: found => [
      gcloud(
        ...[...noun, 'patch', sqlInstance(site), ...changeable, '--clear-authorized-networks'],
        `--database-flags=${flagsWith(found, DB_MAX_CONNECTIONS)}`,
      ),
    ],
    remove: [
      gcloud(...noun, 'patch', sqlInstance(site), '--no-deletion-protection'),
      gcloud(...noun, 'delete', sqlInstance(site)),
    ],
    holdsData: true,
    ours: { kind: 'fields', fields: { 'settings.userLabels.made-by': site.names.mark } },
  });
}

const flags = z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]);

/** All flags that a command does not name are taken back: those that others have set are said again. */
function flagsWith(found: unknown, maxConnections: number): string {
  const others = flags
    .parse(at(found, 'settings.databaseFlags'))
    .filter(({ name }) => name !== 'max_connections');
  return dictionary(
    Object.fromEntries([
      ...others.map(({ name, value }) => [name, value]),
      ['max_connections', String(maxConnections)],
    ]),
  );
}

function databaseIn(site: Site): CloudResource {
  const { DBNAME } = site.settings;
  const flags = [DBNAME, `--instance=${sqlInstance(site)}`];
  return resource({
    title: `database ${DBNAME}`,
    look: gcloud('sql', 'databases', 'describe', ...flags, '--format=json'),
    create: [gcloud('sql', 'databases', 'create', ...flags), forgetTables(site)],
    change: [],
    remove: [gcloud('sql', 'databases', 'delete', ...flags)],
    holdsData: true,
  });
}
