import { deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';
import { gcloud } from '../command.ts';
import { at } from '../faults.ts';
import { deployed, type Site } from '../site.ts';
import { type CloudResource, isLabelledOurs, labelOf, resource, type Step } from '../step.ts';

const retention = `${deliveryPolicy.retentionSeconds}s`;

/** The topics, each a chain of its own; the dead letters' subscription follows their topic. */
export function messaging(site: Site): readonly (readonly Step[])[] {
  const deadLetterSteps = [topic(site, deployed(site, deadLetterTopic)), deadLetters(site)];
  return [...Object.values(topics).map(({ name }) => [topic(site, deployed(site, name))]), deadLetterSteps];
}

function topic(site: Site, name: string): CloudResource {
  const keep = `--message-retention-duration=${retention}`;
  return resource({
    title: `topic ${name}`,
    look: gcloud('pubsub', 'topics', 'describe', name, '--format=json'),
    wants: {
      kind: 'fields',
      fields: { messageRetentionDuration: retention },
      // The functions look at what comes in, and say what is wrong with it.
      only: ['schemaSettings'],
    },
    create: [gcloud('pubsub', 'topics', 'create', name, keep, `--labels=${labelOf(site)}`)],
    change: found => [
      gcloud(
        ...['pubsub', 'topics', 'update', name, keep],
        ...(at(found, 'schemaSettings') ? ['--clear-schema-settings'] : []),
      ),
    ],
    remove: [gcloud('pubsub', 'topics', 'delete', name)],
    // It keeps what was published for as long as its retention says, also for subscriptions that are made later.
    holdsData: true,
    ours: isLabelledOurs(site),
  });
}

/** Whoever looks through the dead letters has this long before they are offered to the next. */
const lookThroughSeconds = 60;

/** Holds every dead letter until somebody has dealt with it. */
function deadLetters(site: Site): CloudResource {
  const { PROJECT_ID } = site.settings;
  const settings = [
    `--ack-deadline=${lookThroughSeconds}`,
    `--message-retention-duration=${retention}`,
    '--expiration-period=never',
  ];
  const name = deployed(site, deadLetterTopic);
  return resource({
    title: `subscription ${name}`,
    look: gcloud('pubsub', 'subscriptions', 'describe', name, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        ackDeadlineSeconds: lookThroughSeconds,
        messageRetentionDuration: retention,
        expirationPolicy: {},
        'pushConfig.pushEndpoint': '',
      },
      only: ['expirationPolicy'],
    },
    fixed: { topic: `projects/${PROJECT_ID}/topics/${name}`, detached: false },
    create: [
      gcloud(
        'pubsub',
        'subscriptions',
        'create',
        name,
        `--topic=${name}`,
        ...settings,
        `--labels=${labelOf(site)}`,
      ),
    ],
    change: found => [
      gcloud('pubsub', 'subscriptions', 'update', name, ...settings),
      // It is pulled: whatever is pushed is gone once somebody has answered.
      ...(at(found, 'pushConfig.pushEndpoint')
        ? [gcloud('pubsub', 'subscriptions', 'modify-push-config', name, '--push-endpoint=')]
        : []),
    ],
    remove: [gcloud('pubsub', 'subscriptions', 'delete', name)],
    holdsData: true,
    ours: isLabelledOurs(site),
  });
}
