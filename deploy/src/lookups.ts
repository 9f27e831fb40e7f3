import type { EventFunction } from '@banknote-loop/shared/function';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { gcloud, type Lookups } from './command.ts';
import { passwordSecret } from './names.ts';
import { monitoringLookups } from './plan/monitoring.ts';
import { asImages, eventFunctions, type Site, sqlInstance } from './site.ts';

export function lookupsOf(site: Site): Lookups {
  const { PROJECT_ID, REGION } = site.settings;
  const region = `--region=${REGION}`;
  return {
    PROJECT_NUMBER: gcloud('projects', 'describe', PROJECT_ID, '--format=value(projectNumber)'),
    REDISHOST: gcloud('redis', 'instances', 'describe', site.names.service, region, '--format=value(host)'),
    // The instance has a private address only.
    DBHOST: gcloud(
      'sql',
      'instances',
      'describe',
      sqlInstance(site),
      '--format=value(ipAddresses[0].ipAddress)',
    ),
    SQL_ACCOUNT: gcloud(
      ...['sql', 'instances', 'describe', sqlInstance(site)],
      '--format=value(serviceAccountEmailAddress)',
    ),
    SQL_CREATED: gcloud('sql', 'instances', 'describe', sqlInstance(site), '--format=value(createTime)'),
    SQL_CA: gcloud(
      'sql',
      'instances',
      'describe',
      sqlInstance(site),
      '--format=value(serverCaCert.sha1Fingerprint)',
    ),
    // When the database was last restored from a backup, if it ever was.
    SQL_RESTORED: {
      ...gcloud(
        ...[
          'sql',
          'operations',
          'list',
          `--instance=${sqlInstance(site)}`,
          '--sort-by=~endTime',
          '--limit=1',
        ],
        ...['--filter=operationType=RESTORE_VOLUME AND status=DONE', '--format=value(endTime)'],
      ),
      mayBeEmpty: true,
    },
    DOOR_ADDRESS: gcloud(
      ...['compute', 'addresses', 'describe', site.names.door, '--global', '--format=value(address)'],
    ),
    ...monitoringLookups(site),
    ...versionLookups(site),
    REDIS_CREATED: gcloud(
      ...['redis', 'instances', 'describe', site.names.service, region],
      // A label can be no time as it is written.
      "--format=value(createTime.date('%s'))",
    ),
    ...Object.fromEntries(
      site.functions.map(definition => [
        servingName(definition),
        gcloud(
          ...['run', 'services', 'describe', definition.name, region],
          '--format=value(status.traffic[0].revisionName)',
        ),
      ]),
    ),
    ...Object.assign({}, ...eventFunctions(site).map(definition => triggerLookups(site, definition))),
  };
}

function triggerLookups(site: Site, definition: EventFunction): Lookups {
  const { REGION } = site.settings;
  const subscriptionOf = (trigger: string): Lookups => ({
    [subscriptionName(definition)]: gcloud(
      ...['eventarc', 'triggers', 'describe', trigger, `--location=${REGION}`],
      '--format=value(transport.pubsub.subscription)',
    ),
    [urlName(definition)]: gcloud(
      ...['run', 'services', 'describe', definition.name, `--region=${REGION}`],
      '--format=value(status.url)',
    ),
  });
  if (asImages(site)) return subscriptionOf(definition.name);
  return {
    [triggerName(definition)]: gcloud(
      ...['functions', 'describe', definition.name, '--gen2', `--region=${REGION}`],
      '--format=value(eventTrigger.trigger)',
    ),
    ...subscriptionOf(`\${${triggerName(definition)}}`),
  };
}

/** The name of the value that holds the revision which answers. */
export function servingName({ name }: AnyFunction): string {
  return `SERVING_${variable(name)}`;
}

/** The name of the value that holds the address of a function. */
export function urlName({ name }: AnyFunction): string {
  return `URL_${variable(name)}`;
}

/** The name of the value that holds the subscription which Eventarc made for a function. */
export function subscriptionName(definition: EventFunction): string {
  return `SUBSCRIPTION_${variable(definition.name)}`;
}

function triggerName(definition: EventFunction): string {
  return `TRIGGER_${variable(definition.name)}`;
}

function variable(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** The name of the value that says when the newest version of a secret was made. */
export function versionName(secret: string): string {
  return `VERSION_${variable(secret)}`;
}

/** Of the secrets that others must agree with: the servers, or the database. */
function versionLookups({ names, functions }: Site): Lookups {
  const { secret, databaseCa, redisSecret, redisCa } = names;
  const ofFunctions = functions.map(({ name }) => passwordSecret(names, name));
  return Object.fromEntries(
    [secret, databaseCa, redisSecret, redisCa, ...ofFunctions].map(one => [
      versionName(one),
      // A label can be no time as it is written.
      gcloud(
        ...['secrets', 'versions', 'describe', 'latest', `--secret=${one}`],
        "--format=value(createTime.date('%s'))",
      ),
    ]),
  );
}

/** Where the accounts of Google's own services are, if it is not `gcp-sa-` and the service's name. */
const agentDomains: Readonly<Record<string, string>> = {
  run: 'serverless-robot-prod',
  cloudfunctions: 'gcf-admin-robot',
  servicenetworking: 'service-networking',
};

/** As whom a service of Google works in the project. */
export function agentOf(service: string): string {
  const domain = agentDomains[service] ?? `gcp-sa-${service}`;
  return `serviceAccount:service-\${PROJECT_NUMBER}@${domain}.iam.gserviceaccount.com`;
}
