import { gcloud } from '../command.ts';
import { at } from '../faults.ts';
import type { Settings } from '../settings.ts';
import { asImages, type Site } from '../site.ts';
import {
  type CloudResource,
  isDescribedOurs,
  isLabelledOurs,
  labelOf,
  resource,
  type Step,
} from '../step.ts';
import { redisAccess } from './encryption.ts';

/**
 * The network itself. Where the settings name one, it must be there; else it is `default`, which Google makes with a
 * project, unless an organisation forbids that: then it is made.
 */
export function network(site: Site): readonly CloudResource[] {
  const { settings } = site;
  const { VPC_CONNECTOR, REDISHOST, DBHOST } = settings;
  if (VPC_CONNECTOR && REDISHOST && DBHOST) return [];
  const noun = ['compute', 'networks'];
  const name = networkName(settings);
  const make = gcloud(
    ...[...noun, 'create', name, '--subnet-mode=custom', `--description=${site.names.description}`],
  );
  return [
    resource({
      title: `network ${name}`,
      look: gcloud(...noun, 'describe', name, '--format=json'),
      create: settings.NETWORK ? [] : [make],
      remove: [gcloud(...noun, 'delete', name)],
      // The database is in it.
      holdsData: true,
      ours: isDescribedOurs(site),
    }),
  ];
}

export function networkName({ NETWORK }: Settings): string {
  return NETWORK ?? 'default';
}

/** The network as other resources name it. */
export function networkPath(settings: Settings): string {
  return `projects/${settings.PROJECT_ID}/global/networks/${networkName(settings)}`;
}

/** The way of the functions into the network in which Redis and the database are. */
export function wayIn(site: Site): readonly Step[] {
  if (site.settings.VPC_CONNECTOR) return [];
  return asImages(site) ? [subnet(site)] : [connector(site)];
}

/** Containers have addresses of their own in the network, which takes no machine that would cost something. */
function subnet(site: Site): CloudResource {
  const { settings } = site;
  const noun = ['compute', 'networks', 'subnets'];
  const region = `--region=${settings.REGION}`;
  return resource({
    title: `subnet ${site.names.service}`,
    look: gcloud(...noun, 'describe', site.names.service, region, '--format=json'),
    wants: { kind: 'fields', fields: { privateIpGoogleAccess: true } },
    fixed: { ipCidrRange: settings.SUBNET_RANGE },
    create: [
      gcloud(
        ...[...noun, 'create', site.names.service, region, `--network=${networkName(settings)}`],
        ...['--enable-private-ip-google-access', `--range=${settings.SUBNET_RANGE}`],
        `--description=${site.names.description}`,
      ),
    ],
    change: [gcloud(...noun, 'update', site.names.service, region, '--enable-private-ip-google-access')],
    remove: [gcloud(...noun, 'delete', site.names.service, region)],
    ours: isDescribedOurs(site),
  });
}

/** What gcloud is told of the way of a container. */
export function egressFlags(site: Site): readonly string[] {
  const way = hasAddresses(site)
    ? [`--network=${networkName(site.settings)}`, `--subnet=${site.names.service}`]
    : [`--vpc-connector=${connectorName(site)}`];
  return [...way, '--vpc-egress=private-ranges-only'];
}

/** And how Cloud Run describes it. */
export function egressFields(site: Site): Readonly<Record<string, string>> {
  const interfaces = [{ network: networkName(site.settings), subnetwork: site.names.service }];
  return {
    ...(hasAddresses(site)
      ? { 'run.googleapis.com/network-interfaces': JSON.stringify(interfaces) }
      : { 'run.googleapis.com/vpc-access-connector': connectorName(site) }),
    'run.googleapis.com/vpc-access-egress': 'private-ranges-only',
  };
}

function hasAddresses(site: Site): boolean {
  return asImages(site) && !site.settings.VPC_CONNECTOR;
}

function connector(site: Site): CloudResource {
  const { settings } = site;
  const { VPC_CONNECTOR_RANGE } = settings;
  const noun = ['compute', 'networks', 'vpc-access', 'connectors'];
  const region = `--region=${settings.REGION}`;
  const size = { machineType: 'e2-micro', minInstances: 2, maxInstances: 3 };
  const sizes = [
    `--machine-type=${size.machineType}`,
    `--min-instances=${size.minInstances}`,
    `--max-instances=${size.maxInstances}`,
  ];
  const create = gcloud(
    ...[...noun, 'create', site.names.service, region, `--network=${networkName(settings)}`],
    ...[`--range=${VPC_CONNECTOR_RANGE}`, ...sizes],
  );
  const remove = gcloud(...noun, 'delete', site.names.service, region);
  return resource({
    title: `VPC connector ${site.names.service}`,
    look: gcloud(...noun, 'describe', site.names.service, region, '--format=json'),
    wants: { kind: 'fields', fields: size },
    fixed: { state: 'READY', network: networkName(settings), ipCidrRange: VPC_CONNECTOR_RANGE },
    create: [create],
    change: [gcloud(...noun, 'update', site.names.service, region, ...sizes)],
    // It holds nothing: messages wait for the minutes that it is away.
    remake: [remove, create],
    remove: [remove],
  });
}

/** The connector as functions name it. */
export function connectorName(site: Site): string {
  const { settings } = site;
  const { PROJECT_ID, REGION, VPC_CONNECTOR } = settings;
  const name = VPC_CONNECTOR ?? site.names.service;
  return name.includes('/') ? name : `projects/${PROJECT_ID}/locations/${REGION}/connectors/${name}`;
}

const redisVersion = 'redis_7_2';

/** Memorystore for Redis. It is only a copy of what the database knows, so it may be deleted and made anew. */
export function redis(site: Site): readonly Step[] {
  const { settings } = site;
  if (settings.REDISHOST) return [];
  const { REGION, REDIS_SIZE_GB, REDIS_TIER } = settings;
  const noun = ['redis', 'instances'];
  const region = `--region=${REGION}`;
  const size = `--size=${REDIS_SIZE_GB}`;
  const create = gcloud(
    ...[...noun, 'create', site.names.service, region, size, `--tier=${REDIS_TIER}`],
    ...[`--redis-version=${redisVersion}`, '--connect-mode=direct-peering', '--enable-auth'],
    '--transit-encryption-mode=server-authentication',
    ...[`--network=${networkPath(settings)}`, `--labels=${labelOf(site)}`],
  );
  const remove = gcloud(...noun, 'delete', site.names.service, region);
  return [
    resource({
      title: `Memorystore ${site.names.service}`,
      look: gcloud(...noun, 'describe', site.names.service, region, '--format=json'),
      wants: {
        kind: 'fields',
        fields: { memorySizeGb: REDIS_SIZE_GB, authEnabled: true },
        // The lists are bounded by us: nothing may be put out by Redis itself.
        only: ['redisConfigs'],
      },
      fixed: {
        redisVersion: redisVersion.toUpperCase(),
        tier: REDIS_TIER === 'standard' ? 'STANDARD_HA' : 'BASIC',
        transitEncryptionMode: 'SERVER_AUTHENTICATION',
        authorizedNetwork: networkPath(settings),
      },
      create: [create],
      change: found => {
        const foreign = Object.keys(Object(at(found, 'redisConfigs')));
        const take = foreign.length > 0 ? [`--remove-redis-config=${foreign.join(',')}`] : [];
        return [gcloud(...noun, 'update', site.names.service, region, size, '--enable-auth', ...take)];
      },
      remake: [remove, create],
      remove: [remove],
      ours: isLabelledOurs(site),
    }),
    ...redisAccess(site),
  ];
}
