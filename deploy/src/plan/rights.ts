import { deadLetterTopic, topics } from '@banknote-loop/shared/contract';
import type { AnyFunction } from '@banknote-loop/shared/http';
import type { ResourceName } from '@banknote-loop/shared/resources';
import { hasOwnUsers, tracesToGoogle } from '../environment.ts';
import { othersIn } from '../faults.ts';
import { passwordSecret } from '../names.ts';
import { accountsOf, deployed, emailOf, memberOf, type Site } from '../site.ts';
import { type CloudResource, type Grant, lookOf, resource, takeCommand } from '../step.ts';

// Who may do what follows from the definitions: from what a function publishes, and from what it uses. The database and
// Redis are reached through the network, with a password or none, which takes no right of the cloud.

type Right = Pick<Grant, 'noun' | 'name' | 'role' | 'exact'>;

function rightsOf(site: Site, definition: AnyFunction): readonly Right[] {
  const { kind, publishes, uses } = definition;
  const signs = [...publishes, ...(definition.kind === 'event' ? [definition.on] : [])].some(
    ({ signed }) => signed,
  );
  // An event function hands on what it refuses.
  const targets = [
    ...publishes.map(({ name }) => name),
    ...(kind === 'event' ? [deployed(site, deadLetterTopic)] : []),
  ];
  const used = new Set<ResourceName>(Object.values(uses).map(({ name }) => name));
  if (signs) used.add('message-keys');
  const own = hasOwnUsers(site.settings) ? passwordSecret(site.names, definition.name) : site.names.secret;
  const byUse = rightsByUse(site, own);
  const traces: readonly Right[] = [{ ...project(site), role: 'roles/telemetry.tracesWriter' }];
  return [
    ...targets.map(publisher),
    ...[...used].flatMap(name => byUse[name]),
    ...(tracesToGoogle(site.settings) ? traces : []),
  ];
}

/** The secrets that it takes to reach the stores, beside a password in the database. */
function secretsOfStores({ settings, names }: Site) {
  const { DB_CA_SECRET, REDIS_SECRET, REDIS_CA_SECRET } = settings.passedOn;
  const own = { database: settings.DBHOST === undefined, redis: settings.REDISHOST === undefined };
  const named = (list: readonly (string | undefined)[]) => list.filter(name => name !== undefined);
  return {
    database: own.database ? [names.databaseCa] : named([DB_CA_SECRET]),
    redis: own.redis ? [names.redisSecret, names.redisCa] : named([REDIS_SECRET, REDIS_CA_SECRET]),
  };
}

function rightsByUse(site: Site, password: string): Readonly<Record<ResourceName, readonly Right[]>> {
  const models = { noun: ['storage', 'buckets'], name: `gs://${site.settings.BUCKET}` };
  const reader: Right = { ...models, role: 'roles/storage.objectViewer', exact: false };
  const secret = (name: string): Right => ({
    noun: ['secrets'],
    name,
    role: 'roles/secretmanager.secretAccessor',
    exact: true,
  });
  const keys = secret(site.names.modelKeys);
  const stores = secretsOfStores(site);
  const redis = stores.redis.map(secret);
  const { AUTH_CLIENT_SECRET_NAME: clientSecret } = site.settings.passedOn;
  return {
    database: [secret(password), ...stores.database.map(secret)],
    cache: redis,
    'access-control': redis,
    'sign-in': [...redis, ...(clientSecret ? [secret(clientSecret)] : [])],
    'message-keys': [secret(site.names.messageKeys)],
    'live-model': [reader, keys, ...redis],
    'model-store': [reader, keys, { ...models, role: 'roles/storage.objectCreator', exact: true }],
    // Looked through, and replayed to whichever topic each came from, which their subscriptions tell.
    'dead-letters': [
      {
        noun: ['pubsub', 'subscriptions'],
        name: deployed(site, deadLetterTopic),
        role: 'roles/pubsub.subscriber',
        exact: false,
      },
      { ...project(site), role: 'roles/pubsub.viewer' },
      ...Object.values(topics).map(({ name }) => publisher(deployed(site, name))),
    ],
    monitoring: [{ ...project(site), role: 'roles/monitoring.viewer' }],
  };
}

function project(site: Site): Pick<Right, 'noun' | 'name' | 'exact'> {
  const { settings } = site;
  return { noun: ['projects'], name: settings.PROJECT_ID, exact: false };
}

/** Programs of others may publish, too, so the topics are not ours alone. */
function publisher(topic: string): Right {
  return { noun: ['pubsub', 'topics'], name: topic, role: 'roles/pubsub.publisher', exact: false };
}

/** The rights of all functions and of the tools, one grant for each role on each resource. */
export function functionGrants(site: Site): readonly Grant[] {
  const grants = new Map<string, Grant>();
  const give = (member: string, right: Right): void => {
    const key = [...right.noun, right.name, right.role].join(' ');
    const members = new Set([...(grants.get(key)?.members ?? []), member]);
    const title = `${right.role} on ${right.name}`;
    grants.set(key, { ...right, kind: 'grant', title, flags: [], members: [...members] });
  };
  for (const definition of site.functions) {
    for (const right of rightsOf(site, definition)) give(memberOf(site, definition), right);
  }
  for (const right of rightsOfTools(site))
    give(`serviceAccount:${emailOf(site, site.names.toolsJob)}`, right);
  return [...grants.values()];
}

/** Whoever looks after the loop looks at everything, may publish, and takes in or signs models. */
function rightsOfTools(site: Site): readonly Right[] {
  const byUse = rightsByUse(site, site.names.secret);
  const stores: readonly ResourceName[] = ['database', 'cache', 'model-store'];
  const used = [...stores, ...(['dead-letters', 'monitoring', 'message-keys'] as const)];
  return [...used.flatMap(name => byUse[name]), ...mayDeleteModels(site)];
}

/** Only where models have their time may anybody delete one. */
function mayDeleteModels({ settings }: Site): readonly Right[] {
  if (settings.KEEP_REFUSED_MODELS_DAYS === undefined) return [];
  const bucket = { noun: ['storage', 'buckets'], name: `gs://${settings.BUCKET}` };
  return [{ ...bucket, role: 'roles/storage.objectUser', exact: true }];
}

/**
 * Beside what is given: others may have rights of their own, but everybody has none, and our own accounts have no more than
 * they need. One for each policy.
 */
export function noneElse(site: Site, grants: readonly Grant[]): readonly CloudResource[] {
  const policies = Map.groupBy(grants, ({ noun, name }) => [...noun, name].join(' '));
  const members = accountsOf(site).map(id => `serviceAccount:${emailOf(site, id)}`);
  return [...policies.values()].flatMap(([one, ...others]) => {
    if (!one) return [];
    const wants = { kind: 'none else', grants: [one, ...others], members } as const;
    return resource({
      title: `nobody else has a right on ${one.name}`,
      look: lookOf(one),
      wants,
      create: [],
      change: found =>
        othersIn(found, wants).map(({ role, member }) => takeCommand({ ...one, role }, member)),
    });
  });
}

/** Functions are built by an account of their own, rather than by one that may do everything. */
export function builderGrant(site: Site): Grant {
  return {
    kind: 'grant',
    title: 'the builder builds',
    noun: ['projects'],
    name: site.settings.PROJECT_ID,
    flags: [],
    role: 'roles/run.builder',
    members: [`serviceAccount:${emailOf(site, site.names.builder)}`],
    exact: false,
  };
}
