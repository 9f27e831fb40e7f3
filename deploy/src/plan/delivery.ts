import { ackDeadlineSeconds, deadLetterTopic, deliveryPolicy } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
import { gcloud } from '../command.ts';
import { agentOf, subscriptionName } from '../lookups.ts';
import { deployed, needsOf, type Site } from '../site.ts';
import { type Grant, resource, type Step } from '../step.ts';

/** What Eventarc leaves open: when a message has failed often enough, and how long it waits in between. */
export function delivery(site: Site, definition: EventFunction): readonly Step[] {
  const { maxAttempts, minBackoffSeconds, maxBackoffSeconds, retentionSeconds } = deliveryPolicy;
  const subscription = `\${${subscriptionName(definition)}}`;
  const deadline = ackDeadlineSeconds(needsOf(site, definition).timeoutSeconds);
  const deadLetters = deployed(site, deadLetterTopic);
  const update = gcloud(
    ...['pubsub', 'subscriptions', 'update', subscription],
    ...[`--dead-letter-topic=${deadLetters}`, `--max-delivery-attempts=${maxAttempts}`],
    ...[`--min-retry-delay=${minBackoffSeconds}s`, `--max-retry-delay=${maxBackoffSeconds}s`],
    ...[`--ack-deadline=${deadline}`, `--message-retention-duration=${retentionSeconds}s`],
    '--expiration-period=never',
  );
  return [
    {
      kind: 'grant',
      title: `Pub/Sub takes the dead letters of ${definition.name}`,
      noun: ['pubsub', 'subscriptions'],
      name: subscription,
      flags: [],
      role: 'roles/pubsub.subscriber',
      members: [agentOf('pubsub')],
      exact: false,
    },
    resource({
      title: `delivery to ${definition.name}`,
      look: gcloud('pubsub', 'subscriptions', 'describe', subscription, '--format=json'),
      wants: {
        kind: 'fields',
        fields: {
          ackDeadlineSeconds: deadline,
          messageRetentionDuration: `${retentionSeconds}s`,
          'retryPolicy.minimumBackoff': `${minBackoffSeconds}s`,
          'retryPolicy.maximumBackoff': `${maxBackoffSeconds}s`,
          deadLetterPolicy: {
            deadLetterTopic: `projects/${site.settings.PROJECT_ID}/topics/${deadLetters}`,
            maxDeliveryAttempts: maxAttempts,
          },
          expirationPolicy: {},
        },
        only: ['expirationPolicy'],
      },
      create: [update],
    }),
  ];
}

/** Pub/Sub itself puts the messages that ran out of attempts there. */
export function forwardsDeadLetters(site: Site): Grant {
  return {
    kind: 'grant',
    title: 'Pub/Sub forwards dead letters',
    noun: ['pubsub', 'topics'],
    name: deployed(site, deadLetterTopic),
    flags: [],
    role: 'roles/pubsub.publisher',
    members: [agentOf('pubsub')],
    exact: false,
  };
}
