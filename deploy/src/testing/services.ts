import { parseDictionary } from './arguments.ts';
import { type Call, common, type Handlers, nameOf } from './call.ts';
import { type Cloud, CloudError } from './cloud.ts';

const topics = 'pubsub topics';
const subscriptions = 'pubsub subscriptions';
const accounts = 'iam service-accounts';
const connectors = 'compute networks vpc-access connectors';
const addresses = 'compute addresses';
const buckets = 'storage buckets';
const objects = 'storage objects';
const sql = 'sql instances';
const redis = 'redis instances';
const sqlAccount = 'p123456789-abc@gcp-sa-cloud-sql.iam.gserviceaccount.com';

function labelsOf(call: Call): Record<string, string> {
  return parseDictionary(call.flag('labels'));
}

export const projects: Handlers = {
  'auth list': () => [{ account: 'somebody@example.com' }],
  'auth print-identity-token': call => {
    // As for a person; a service account must say for whom.
    if (call.has('audiences')) throw new CloudError('Invalid account type for --audiences');
    return { token: 'an-identity-token' };
  },
  'projects describe': call => call.cloud.find('projects', nameOf(call)),
  'services enable': ({ cloud, rest }) => {
    for (const name of rest)
      if (!cloud.has('services', name)) cloud.make('services', name, { config: { name } });
  },
  'beta services identity create': () => {},
  'services list': ({ cloud }) => cloud.list('services'),
  ...common(accounts),
  'iam service-accounts create': call => {
    const email = `${nameOf(call)}@${call.cloud.projectId}.iam.gserviceaccount.com`;
    call.cloud.make(accounts, email, { email });
  },
  'iam service-accounts enable': call => call.cloud.change(accounts, nameOf(call), { disabled: false }),
};

export const messaging: Handlers = {
  ...common(topics),
  'pubsub topics create': call => {
    const messageRetentionDuration = call.flag('message-retention-duration');
    call.cloud.make(topics, nameOf(call), { labels: labelsOf(call), messageRetentionDuration });
  },
  'pubsub topics update': call => {
    const messageRetentionDuration = call.flag('message-retention-duration');
    call.cloud.change(topics, nameOf(call), { messageRetentionDuration });
  },
  'pubsub topics publish': call => {
    call.cloud.find(topics, nameOf(call));
    JSON.parse(call.flag('message'));
    // The loop answers a job with a model.
    for (const { BUCKET } of trainings(call.cloud)) call.cloud.make(objects, `gs://${BUCKET}/model.json`, {});
  },
  ...common(subscriptions),
  'pubsub subscriptions create': call => {
    call.cloud.find(topics, call.flag('topic'));
    call.cloud.make(subscriptions, nameOf(call), { labels: labelsOf(call), ...subscriptionFields(call) });
  },
  'pubsub subscriptions update': call =>
    call.cloud.change(subscriptions, nameOf(call), subscriptionFields(call)),
};

function trainings(cloud: Cloud): readonly Record<string, string>[] {
  return cloud.has('functions', 'training')
    ? [parseDictionary(String(cloud.find('functions', 'training').environment))]
    : [];
}

function subscriptionFields(call: Call) {
  const topic = call.flag('dead-letter-topic');
  if (topic) call.cloud.find(topics, topic);
  return {
    ackDeadlineSeconds: Number(call.flag('ack-deadline')),
    messageRetentionDuration: call.flag('message-retention-duration'),
    ...(topic && {
      deadLetterPolicy: {
        deadLetterTopic: topic,
        maxDeliveryAttempts: Number(call.flag('max-delivery-attempts')),
      },
      retryPolicy: {
        minimumBackoff: call.flag('min-retry-delay'),
        maximumBackoff: call.flag('max-retry-delay'),
      },
    }),
  };
}

export const secrets: Handlers = {
  ...common('secrets'),
  'secrets create': call => call.cloud.make('secrets', nameOf(call), { labels: labelsOf(call) }),
  'secrets versions add': call => {
    if (call.input === '') throw new CloudError('INVALID_ARGUMENT: the secret is empty');
    call.cloud.change('secrets', nameOf(call), { value: call.input });
  },
  'secrets versions list': call =>
    'value' in call.cloud.find('secrets', nameOf(call)) ? [{ name: '1' }] : [],
  'secrets versions access': call => ({ payload: call.cloud.find('secrets', call.flag('secret')).value }),
};

export const storage: Handlers = {
  ...common(buckets),
  'storage buckets create': call =>
    call.cloud.make(buckets, nameOf(call), {
      uniform_bucket_level_access: call.has('uniform-bucket-level-access'),
      public_access_prevention: call.has('public-access-prevention') ? 'enforced' : 'inherited',
    }),
  'storage buckets update': call =>
    call.cloud.change(buckets, nameOf(call), {
      ...(call.has('versioning') && { versioning_enabled: true }),
      ...(call.has('uniform-bucket-level-access') && { uniform_bucket_level_access: true }),
      ...(call.has('public-access-prevention') && { public_access_prevention: 'enforced' }),
    }),
  ...common(objects),
  'storage objects list': call => {
    call.cloud.find(buckets, nameOf(call));
    return call.cloud.list(objects, `${nameOf(call)}/`);
  },
  'storage cp': ({ cloud, rest: [from, to = ''], input }) => {
    cloud.find(buckets, to.split('/').slice(0, 3).join('/'));
    cloud.state.things[`${objects} ${to}`] = { content: from === '-' ? input : from };
  },
  'storage rm': call => {
    const name = nameOf(call);
    if (!call.has('recursive')) return call.cloud.remove(objects, name);
    call.cloud.remove(buckets, name);
    for (const key of Object.keys(call.cloud.state.things)) {
      if (key.startsWith(`${objects} ${name}/`)) delete call.cloud.state.things[key];
    }
  },
};

export const network: Handlers = {
  ...common(connectors),
  [`${connectors} create`]: call => call.cloud.make(connectors, nameOf(call), { state: 'READY' }),
  ...common(addresses),
  [`${addresses} create`]: call => call.cloud.make(addresses, nameOf(call), { status: 'RESERVED' }),
  'services vpc-peerings list': ({ cloud }) => cloud.list('peerings'),
  'services vpc-peerings connect': call => {
    call.cloud.find(addresses, call.flag('ranges'));
    call.cloud.make('peerings', call.flag('network'), { reservedPeeringRanges: [call.flag('ranges')] });
  },
  'services vpc-peerings delete': call => call.cloud.remove('peerings', call.flag('network')),
  ...common(redis),
  'redis instances create': call =>
    call.cloud.make(redis, nameOf(call), {
      host: '10.0.0.3',
      memorySizeGb: Number(call.flag('size')),
      labels: labelsOf(call),
    }),
  'redis instances update': call =>
    call.cloud.change(redis, nameOf(call), { memorySizeGb: Number(call.flag('size')) }),
};

export const databases: Handlers = {
  ...common(sql),
  'sql instances create': call => {
    if (call.cloud.list('peerings').length === 0) throw new CloudError('INVALID: the network has no peering');
    const ipAddresses = [{ ipAddress: '10.0.0.4' }];
    const own = { ipAddresses, serviceAccountEmailAddress: sqlAccount };
    call.cloud.make(sql, nameOf(call), { ...own, settings: instanceSettings(call) });
  },
  'sql instances patch': call => {
    const { settings } = call.cloud.find(sql, nameOf(call));
    const old = typeof settings === 'object' ? settings : {};
    call.cloud.change(sql, nameOf(call), { settings: { ...old, ...instanceSettings(call) } });
  },
  'sql instances delete': call => {
    const { settings } = call.cloud.find(sql, nameOf(call));
    if (Reflect.get(Object(settings), 'deletionProtectionEnabled')) {
      throw new CloudError('FAILED_PRECONDITION: the instance is protected against deletion');
    }
    call.cloud.remove(sql, nameOf(call));
  },
  'sql databases describe': call => call.cloud.find('sql databases', nameOf(call)),
  'sql databases create': call => {
    call.cloud.find(sql, call.flag('instance'));
    call.cloud.make('sql databases', nameOf(call), {});
  },
  'sql databases delete': call => call.cloud.remove('sql databases', nameOf(call)),
  'sql import sql': ({ cloud, rest: [instance = '', file = ''], flag }) => {
    const { serviceAccountEmailAddress } = cloud.find(sql, instance);
    const bucket = file.split('/').slice(0, 3).join('/');
    if (
      !cloud.may(
        buckets,
        bucket,
        'roles/storage.objectViewer',
        `serviceAccount:${serviceAccountEmailAddress}`,
      )
    ) {
      throw new CloudError(`PERMISSION_DENIED: the service account does not have access to ${file}`);
    }
    cloud.change('sql databases', flag('database'), { imported: cloud.find(objects, file).content });
  },
};

function instanceSettings(call: Call) {
  const [[name = '', value = ''] = []] = Object.entries(parseDictionary(call.flag('database-flags')));
  return {
    ...(call.has('tier') && {
      tier: call.flag('tier'),
      availabilityType: call.flag('availability-type').toUpperCase(),
      databaseFlags: [{ name, value }],
      backupConfiguration: { enabled: true, pointInTimeRecoveryEnabled: true },
      ipConfiguration: { ipv4Enabled: !call.has('no-assign-ip') },
    }),
    ...(call.has('deletion-protection') && { deletionProtectionEnabled: true }),
    ...(call.has('no-deletion-protection') && { deletionProtectionEnabled: false }),
  };
}
