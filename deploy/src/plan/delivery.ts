import { ackDeadlineSeconds, deadLetterTopic, deliveryPolicy } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
import { type Command, gcloud } from '../command.ts';
import { faultsOf } from '../faults.ts';
import { agentOf, subscriptionName, urlName } from '../lookups.ts';
import { accountId, deployed, emailOf, needsOf, type Site } from '../site.ts';
import { type CloudResource, type Grant, resource, type Step } from '../step.ts';

/**
 * Where messages come from. A topic that was deleted leaves its subscriptions behind, and one of its name that was made
 * since has none; one that was detached gets nothing either. Only a trigger that is made anew has another one.
 */
export function attachment(site: Site, definition: EventFunction, remake: readonly Command[]): CloudResource {
  return resource({
    title: `${definition.name} hears of ${definition.on.name}`,
    look: describe(definition),
    fixed: { topic: topicOf(site, definition), detached: false },
    create: [],
    remake,
  });
}

function describe(definition: EventFunction): Command {
  const subscription = `\${${subscriptionName(definition)}}`;
  return gcloud('pubsub', 'subscriptions', 'describe', subscription, '--format=json');
}

function topicOf({ settings }: Site, { on }: EventFunction): string {
  return `projects/${settings.PROJECT_ID}/topics/${on.name}`;
}

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
  const push = pushOf(site, definition);
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
      look: describe(definition),
      wants: {
        kind: 'fields',
        fields: {
          ...push.wants.fields,
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
        only: [...push.wants.only, 'expirationPolicy'],
        like: push.wants.like,
      },
      create: [update],
      change: found => (faultsOf(found, push.wants).length > 0 ? [update, push.mend] : [update]),
    }),
  ];
}

/** Whom Pub/Sub calls, and as whom. Eventarc has said so; Cloud Run has more than one address for a service. */
function pushOf(site: Site, definition: EventFunction) {
  const { name } = definition;
  const account = emailOf(site, accountId(definition));
  const url = `\${${urlName(definition)}}`;
  const mode = `__GCP_CloudEventsMode=CUSTOM_PUBSUB_${topicOf(site, definition)}`;
  const address = `https://${name}-[\\w.-]+\\.run\\.app/?`;
  return {
    wants: {
      kind: 'fields',
      fields: { 'pushConfig.oidcToken.serviceAccountEmail': account },
      only: ['pushConfig.noWrapper'],
      like: {
        'pushConfig.pushEndpoint': {
          form: new RegExp(`^${address}\\?${mode.replaceAll('/', '(?:/|%2F)')}$`),
          said: `the address of ${name}, for the messages of ${definition.on.name}`,
        },
        'pushConfig.oidcToken.audience': {
          form: new RegExp(`^${address}(?:\\?.*)?$`),
          said: `the address of ${name}`,
        },
      },
    },
    mend: gcloud(
      ...['pubsub', 'subscriptions', 'modify-push-config', `\${${subscriptionName(definition)}}`],
      `--push-endpoint=${url}?${mode.replaceAll('/', '%2F')}`,
      ...[`--push-auth-service-account=${account}`, `--push-auth-token-audience=${url}`],
    ),
  } as const;
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
