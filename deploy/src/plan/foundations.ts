import { deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';

import { gcloud, reading } from '../command.ts';
import { tracesToGoogle } from '../environment.ts';
import { accountId, emailOf, names, type Site } from '../site.ts';
import { anyEntry, isLabelledOurs, ourLabel, type Step, type Thing, thing } from '../step.ts';

const services = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'compute',
  'eventarc',
  'iam',
  'logging',
  'monitoring',
  'pubsub',
  'redis',
  'run',
  'secretmanager',
  'servicenetworking',
  'sqladmin',
  'storage',
  'vpcaccess',
].map(name => `${name}.googleapis.com`);

/** Stays enabled after `down`: something else in the project may have come to need it. */
export function enableServices({ settings }: Site): Thing {
  const names = [...services, ...(tracesToGoogle(settings) ? ['telemetry.googleapis.com'] : [])];
  return thing({
    title: 'the APIs that the loop uses are enabled',
    look: gcloud('services', 'list', '--format=json(config.name)', '--enabled'),
    wants: { kind: 'listed', path: 'config.name', values: names },
    create: [
      gcloud('services', 'enable', ...names),
      // Google makes these accounts of its own services when they are first needed, which would be too late.
      ...['pubsub', 'eventarc'].map(name =>
        gcloud('beta', 'services', 'identity', 'create', `--service=${name}.googleapis.com`),
      ),
    ],
  });
}

export function accounts(site: Site): readonly Step[] {
  const ofFunctions = site.functions.map(definition =>
    account(site, accountId(definition), definition.summary),
  );
  return [account(site, names.builder, 'Builds the functions.'), ...ofFunctions];
}

function account(site: Site, id: string, summary: string): Thing {
  const email = emailOf(site, id);
  return thing({
    title: `service account ${id}`,
    look: gcloud('iam', 'service-accounts', 'describe', email, '--format=json'),
    create: [
      gcloud(
        'iam',
        'service-accounts',
        'create',
        id,
        '--display-name=Banknote loop',
        `--description=${summary}`,
      ),
    ],
    change: [gcloud('iam', 'service-accounts', 'enable', email)],
    wants: { kind: 'fields', fields: { disabled: false } },
    remove: [gcloud('iam', 'service-accounts', 'delete', email)],
  });
}

const retention = `${deliveryPolicy.retentionSeconds}s`;

/** The topics, each a chain of its own; the dead letters' subscription follows their topic. */
export function messaging(): readonly (readonly Step[])[] {
  return [...Object.values(topics).map(({ name }) => [topic(name)]), [topic(deadLetterTopic), deadLetters()]];
}

function topic(name: string): Thing {
  const keep = `--message-retention-duration=${retention}`;
  return thing({
    title: `topic ${name}`,
    look: gcloud('pubsub', 'topics', 'describe', name, '--format=json'),
    wants: { kind: 'fields', fields: { messageRetentionDuration: retention } },
    create: [gcloud('pubsub', 'topics', 'create', name, keep, `--labels=${ourLabel}`)],
    change: [gcloud('pubsub', 'topics', 'update', name, keep)],
    remove: [gcloud('pubsub', 'topics', 'delete', name)],
    holdsData: name === deadLetterTopic,
    ours: isLabelledOurs,
  });
}

/** Whoever looks through the dead letters has this long before they are offered to the next. */
const lookThroughSeconds = 60;

/** Holds every dead letter until somebody has dealt with it. */
function deadLetters(): Thing {
  const settings = [
    `--ack-deadline=${lookThroughSeconds}`,
    `--message-retention-duration=${retention}`,
    '--expiration-period=never',
  ];
  const [verb, name] = ['subscriptions', deadLetterTopic];
  return thing({
    title: `subscription ${name}`,
    look: gcloud('pubsub', verb, 'describe', name, '--format=json'),
    wants: {
      kind: 'fields',
      fields: { ackDeadlineSeconds: lookThroughSeconds, messageRetentionDuration: retention },
    },
    create: [
      gcloud(
        'pubsub',
        verb,
        'create',
        name,
        `--topic=${deadLetterTopic}`,
        ...settings,
        `--labels=${ourLabel}`,
      ),
    ],
    change: [gcloud('pubsub', verb, 'update', name, ...settings)],
    remove: [gcloud('pubsub', verb, 'delete', name)],
    holdsData: true,
    ours: isLabelledOurs,
  });
}

/**
 * A bucket that only those see into to whom it is granted, and that keeps what is overwritten. gcloud cannot label it as
 * it makes it, so it is ours by its name alone: the settings name a bucket of the loop's own.
 */
export function bucket(site: Site, name: string): Thing {
  const url = `gs://${name}`;
  const settings = ['--uniform-bucket-level-access', '--public-access-prevention'];
  const update = gcloud('storage', 'buckets', 'update', url, '--versioning', ...settings);
  return thing({
    title: `bucket ${name}`,
    look: gcloud('storage', 'buckets', 'describe', url, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        uniform_bucket_level_access: true,
        versioning_enabled: true,
        public_access_prevention: 'enforced',
      },
    },
    create: [
      gcloud('storage', 'buckets', 'create', url, `--location=${site.settings.REGION}`, ...settings),
      update,
    ],
    change: [update],
    remove: [gcloud('storage', 'rm', url, '--recursive')],
    holdsData: true,
  });
}

/** The secret, and in it a password that nobody has seen. An existing database has its own: it is put in by hand. */
export function secret(site: Site): readonly Step[] {
  const { secret: name } = names;
  const makesDatabase = site.settings.DBHOST === undefined;
  return [
    thing({
      title: `secret ${name}`,
      look: gcloud('secrets', 'describe', name, '--format=json'),
      create: [gcloud('secrets', 'create', name, '--replication-policy=automatic', `--labels=${ourLabel}`)],
      change: [],
      remove: [gcloud('secrets', 'delete', name)],
      holdsData: true,
      ours: isLabelledOurs,
    }),
    thing({
      title: `a password in the secret ${name}`,
      look: gcloud(
        'secrets',
        'versions',
        'list',
        name,
        '--filter=state=ENABLED',
        '--limit=1',
        '--format=json',
      ),
      wants: anyEntry,
      create: makesDatabase
        ? [
            reading(
              { name: 'new-password', args: [] },
              gcloud('secrets', 'versions', 'add', name, '--data-file=-'),
            ),
          ]
        : [],
    }),
  ];
}
