import { deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';

import { gcloud, reading } from '../command.ts';
import { tracesToGoogle } from '../environment.ts';
import { agentOf } from '../lookups.ts';
import type { Settings } from '../settings.ts';
import { accountId, emailOf, guardsDoor, names, type Site } from '../site.ts';
import { anyEntry, isLabelledOurs, ourLabel, type Step, type Thing, thing } from '../step.ts';
import { apisOf } from './access.ts';

/** Stays enabled after `down`: something else in the project may have come to need it. */
export function enableServices({ settings }: Site, steps: readonly Step[]): Thing {
  const names = [...apisOf(steps), ...(tracesToGoogle(settings) ? ['telemetry.googleapis.com'] : [])];
  return thing({
    title: 'the APIs that the loop uses are enabled',
    look: gcloud('services', 'list', '--format=json(config.name)', '--enabled'),
    wants: { kind: 'listed', path: 'config.name', values: names },
    create: [gcloud('services', 'enable', ...names)],
  });
}

/**
 * The accounts as which Google's own services work in the project. They are made when they are first needed, which
 * would be too late; and those that are made on request have no role, unlike the others.
 */
export function serviceAgents({ settings }: Site): readonly Thing[] {
  const agents = ['pubsub', 'eventarc'].map(name => {
    const member = agentOf(name);
    const role = `roles/${name}.serviceAgent`;
    return thing({
      title: `the service agent of ${name} has its role`,
      look: gcloud('projects', 'get-iam-policy', settings.PROJECT_ID, '--format=json'),
      wants: { kind: 'bound', role, member },
      create: [
        gcloud('beta', 'services', 'identity', 'create', `--service=${name}.googleapis.com`),
        gcloud(
          ...['projects', 'add-iam-policy-binding', settings.PROJECT_ID],
          ...[`--member=${member}`, `--role=${role}`, '--condition=None', '--format=none'],
        ),
      ],
    });
  });
  return guardsDoor(settings) ? [...agents, proxyAgent(settings)] : agents;
}

/** That of the proxy in the front door has no role on the project: it may call the functions behind the door. */
function proxyAgent({ REGION }: Settings): Thing {
  return thing({
    title: 'the service agent of iap is there',
    look: gcloud('run', 'services', 'get-iam-policy', 'ingest-api', `--region=${REGION}`, '--format=json'),
    wants: { kind: 'bound', role: 'roles/run.invoker', member: agentOf('iap') },
    create: [gcloud('beta', 'services', 'identity', 'create', '--service=iap.googleapis.com')],
  });
}

export function accounts(site: Site): readonly Step[] {
  const ofFunctions = site.functions.map(definition =>
    account(site, accountId(definition), definition.summary),
  );
  return [
    account(site, names.builder, 'Builds the functions.'),
    account(site, names.toolsJob, 'Runs the tools of the command line.'),
    ...ofFunctions,
  ];
}

const displayName = 'Banknote loop';

/** Looked for in the list: to be described, one that has been deleted is "denied (or it may not exist)". */
export function account(site: Site, id: string, summary: string): Thing {
  const email = emailOf(site, id);
  return thing({
    title: `service account ${id}`,
    look: gcloud('iam', 'service-accounts', 'list', `--filter=email=${email}`, '--format=json'),
    inList: true,
    create: [
      gcloud(
        ...['iam', 'service-accounts', 'create', id],
        ...[`--display-name=${displayName}`, `--description=${summary}`],
      ),
    ],
    change: [gcloud('iam', 'service-accounts', 'enable', email)],
    wants: { kind: 'fields', fields: { disabled: false } },
    remove: [gcloud('iam', 'service-accounts', 'delete', email)],
    ours: { kind: 'fields', fields: { displayName } },
  });
}

const retention = `${deliveryPolicy.retentionSeconds}s`;

/** The topics, each a chain of its own; the dead letters' subscription follows their topic. */
export function messaging(site: Site): readonly (readonly Step[])[] {
  const deadLetterSteps = [topic(deadLetterTopic), deadLetters(site)];
  return [...Object.values(topics).map(({ name }) => [topic(name)]), deadLetterSteps];
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
    // It keeps what was published for as long as its retention says, also for subscriptions that are made later.
    holdsData: true,
    ours: isLabelledOurs,
  });
}

/** Whoever looks through the dead letters has this long before they are offered to the next. */
const lookThroughSeconds = 60;

/** Holds every dead letter until somebody has dealt with it. */
function deadLetters({ settings: { PROJECT_ID } }: Site): Thing {
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
      fields: {
        ackDeadlineSeconds: lookThroughSeconds,
        messageRetentionDuration: retention,
        expirationPolicy: {},
      },
      only: ['expirationPolicy'],
    },
    fixed: { topic: `projects/${PROJECT_ID}/topics/${deadLetterTopic}` },
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

interface BucketNeeds {
  readonly name: string;
  /** Whether what is overwritten or deleted is kept for a while. */
  readonly keepsOld: boolean;
}

/**
 * A bucket that only those see into to whom it is granted. gcloud cannot label it as it makes it: one whose making was
 * cut off in between counts as somebody else's, so that `down` never empties a bucket that was there before.
 */
export function bucket({ settings }: Site, { name, keepsOld }: BucketNeeds): Thing {
  const url = `gs://${name}`;
  const doors = ['--uniform-bucket-level-access', '--public-access-prevention'];
  const update = [
    ...['storage', 'buckets', 'update', url, ...doors],
    ...(keepsOld ? ['--versioning'] : ['--no-versioning', '--clear-soft-delete']),
  ];
  const location = `--location=${settings.REGION}`;
  return thing({
    title: `bucket ${name}`,
    look: gcloud('storage', 'buckets', 'describe', url, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        uniform_bucket_level_access: true,
        versioning_enabled: keepsOld,
        public_access_prevention: 'enforced',
        ...(!keepsOld && { 'soft_delete_policy.retentionDurationSeconds': 0 }),
      },
    },
    fixed: { location: settings.REGION.toUpperCase() },
    create: [
      gcloud('storage', 'buckets', 'create', url, location, ...doors),
      gcloud(...update, `--update-labels=${ourLabel}`),
    ],
    change: [gcloud(...update)],
    remove: [gcloud('storage', 'rm', url, '--recursive')],
    holdsData: true,
    ours: isLabelledOurs,
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
