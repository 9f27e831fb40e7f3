import type { Deviation } from './deviation.ts';

// Of topics, triggers, and the ways of messages.

const subscriptionOf = (name: string): string => `projects/p/subscriptions/eventarc-${name}-123456-sub-1`;
const trigger = subscriptionOf('prediction');

export const messages: readonly Deviation[] = [
  [
    'a topic is deleted, with which its subscriptions lose it',
    /topic model: it is not there[\s\S]*training-to-db hears of model: topic is _deleted-topic_/,
    ({ gcloud }) => gcloud('pubsub', 'topics', 'delete', 'model'),
  ],
  [
    'a subscription is detached from its topic',
    /training hears of job: detached is true/,
    ({ set }) => set('pubsub subscriptions', subscriptionOf('training'), 'detached', true),
  ],
  [
    'the subscription of a trigger is deleted',
    /training hears of job: it is not there/,
    ({ cloud }) => cloud.remove('pubsub subscriptions', subscriptionOf('training')),
  ],
  [
    'a trigger is deleted',
    /training hears of job: it is not there/,
    ({ gcloud }) => gcloud('eventarc', 'triggers', 'delete', 'training-123456'),
  ],
  [
    'messages are pushed elsewhere',
    /pushEndpoint is https:\/\/theirs.example, and should be the address of prediction/,
    ({ set }) => set('pubsub subscriptions', trigger, 'pushConfig.pushEndpoint', 'https://theirs.example'),
  ],
  [
    'messages are pushed as another account',
    /pushConfig.oidcToken.serviceAccountEmail is theirs/,
    ({ set }) => set('pubsub subscriptions', trigger, 'pushConfig.oidcToken.serviceAccountEmail', 'theirs'),
  ],
  [
    'messages are pushed for another audience',
    /pushConfig.oidcToken.audience is https:\/\/theirs/,
    ({ set }) =>
      set('pubsub subscriptions', trigger, 'pushConfig.oidcToken.audience', 'https://theirs.example'),
  ],
  [
    'messages are pushed without their envelope',
    /pushConfig.noWrapper.writeMetadata is true/,
    ({ set }) => set('pubsub subscriptions', trigger, 'pushConfig.noWrapper', { writeMetadata: true }),
  ],
  [
    'messages come again while they are worked on',
    /delivery to prediction: ackDeadlineSeconds is 10/,
    ({ set }) => set('pubsub subscriptions', trigger, 'ackDeadlineSeconds', 10),
  ],
  [
    'messages wait for an hour only',
    /delivery to prediction: messageRetentionDuration is 3600s/,
    ({ set }) => set('pubsub subscriptions', trigger, 'messageRetentionDuration', '3600s'),
  ],
  [
    'messages are given up sooner',
    /maxDeliveryAttempts is 5/,
    ({ set }) => set('pubsub subscriptions', trigger, 'deadLetterPolicy.maxDeliveryAttempts', 5),
  ],
  [
    'a topic refuses what does not fit a schema',
    /topic request: schemaSettings.schema is theirs/,
    ({ set }) => set('pubsub topics', 'request', 'schemaSettings', { schema: 'theirs' }),
  ],
  [
    'dead letters are pushed to somebody',
    /subscription dead-letter: pushConfig.pushEndpoint is https/,
    ({ set }) =>
      set('pubsub subscriptions', 'dead-letter', 'pushConfig', { pushEndpoint: 'https://theirs.example' }),
  ],
  [
    'a topic forgets sooner',
    /messageRetentionDuration is 60s/,
    ({ set }) => set('pubsub topics', 'job', 'messageRetentionDuration', '60s'),
  ],
  [
    'dead letters expire',
    /expirationPolicy.ttl/,
    ({ set }) => set('pubsub subscriptions', 'dead-letter', 'expirationPolicy', { ttl: '86400s' }),
  ],
  [
    'dead letters are offered again at once',
    /ackDeadlineSeconds is 10/,
    ({ set }) => set('pubsub subscriptions', 'dead-letter', 'ackDeadlineSeconds', 10),
  ],
  [
    'nothing holds the dead letters',
    /subscription dead-letter: it is not there/,
    ({ cloud }) => cloud.remove('pubsub subscriptions', 'dead-letter'),
  ],
  [
    'a trigger gives up at once',
    /retryPolicy is RETRY_POLICY_DO_NOT_RETRY/,
    ({ set }) => set('functions', 'training', 'eventTrigger.retryPolicy', 'RETRY_POLICY_DO_NOT_RETRY'),
  ],
  [
    'messages that fail are lost',
    /deadLetterPolicy.deadLetterTopic is not set/,
    ({ set }) => set('pubsub subscriptions', trigger, 'deadLetterPolicy', undefined),
  ],
  [
    'messages that fail go elsewhere',
    /deadLetterTopic is projects\/p\/topics\/bin/,
    ({ set }) =>
      set('pubsub subscriptions', trigger, 'deadLetterPolicy.deadLetterTopic', 'projects/p/topics/bin'),
  ],
  [
    'messages that fail come again at once',
    /retryPolicy.minimumBackoff is not set/,
    ({ set }) => set('pubsub subscriptions', trigger, 'retryPolicy', {}),
  ],
  [
    'a subscription expires',
    /expirationPolicy.ttl/,
    ({ set }) => set('pubsub subscriptions', trigger, 'expirationPolicy', { ttl: '2678400s' }),
  ],
];
