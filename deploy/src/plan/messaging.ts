import { deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';
import { gcloud } from '../command.ts';
import type { Site } from '../site.ts';
import { isLabelledOurs, ourLabel, type Step, type Thing, thing } from '../step.ts';

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
