import { parseDictionary } from './arguments.ts';
import { common, type GcloudCall, type GcloudHandlers, labelsOf, nameOf } from './call.ts';
import { agentOf } from './projects.ts';
import { CloudError, type SimulatedProject } from './simulated-project.ts';

const topics = 'pubsub topics';
const subscriptions = 'pubsub subscriptions';

export const messaging: GcloudHandlers = {
  ...common(topics),
  'pubsub topics create': call => {
    const messageRetentionDuration = call.flag('message-retention-duration');
    call.cloud.make(topics, nameOf(call), { labels: labelsOf(call), messageRetentionDuration });
  },
  'pubsub topics update': call => {
    const messageRetentionDuration = call.flag('message-retention-duration');
    call.cloud.change(topics, nameOf(call), {
      messageRetentionDuration,
      ...(call.has('clear-schema-settings') && { schemaSettings: undefined }),
    });
  },
  // Its subscriptions stay, and belong to no topic any more, also when one of its name is made again.
  'pubsub topics delete': ({ cloud, ...call }) => {
    const name = nameOf({ cloud, ...call });
    cloud.remove(topics, name);
    const path = `projects/${cloud.projectId}/topics/${name}`;
    for (const one of cloud.list(subscriptions)) {
      if (one.topic === path) one.topic = deletedTopic;
      const { deadLetterPolicy } = one;
      if (Object(deadLetterPolicy).deadLetterTopic === path)
        one.deadLetterPolicy = { ...Object(deadLetterPolicy), deadLetterTopic: deletedTopic };
    }
  },
  ...common(subscriptions),
  'pubsub subscriptions create': call => {
    call.cloud.find(topics, call.flag('topic'));
    const topic = `projects/${call.cloud.projectId}/topics/${call.flag('topic')}`;
    call.cloud.make(subscriptions, nameOf(call), {
      topic,
      labels: labelsOf(call),
      ...subscriptionFields(call),
    });
  },
  'pubsub subscriptions update': call =>
    call.cloud.change(subscriptions, nameOf(call), subscriptionFields(call)),
  // All that is not said again is taken back.
  'pubsub subscriptions modify-push-config': call => {
    const pushEndpoint = call.flag('push-endpoint');
    const oidcToken = {
      serviceAccountEmail: call.flag('push-auth-service-account'),
      audience: call.flag('push-auth-token-audience'),
    };
    call.cloud.change(subscriptions, nameOf(call), {
      pushConfig: pushEndpoint ? { pushEndpoint, oidcToken } : {},
    });
  },
};

const deletedTopic = '_deleted-topic_';

/** The loop that has this bucket answers a job with a model, where Pub/Sub may call it. */
export function answerJob(cloud: SimulatedProject, bucket: string): void {
  if (!cloud.may('projects', cloud.projectId, 'roles/pubsub.serviceAgent', agentOf('pubsub'))) return;
  const trains = Object.entries(cloud.state.resources).some(
    ([key, { environment }]) =>
      /^run services (\S+-)?training$/.test(key) && parseDictionary(String(environment)).BUCKET === bucket,
  );
  if (trains) cloud.make('storage objects', `gs://${bucket}/model.json`, {});
}

function subscriptionFields(call: GcloudCall) {
  const topic = call.flag('dead-letter-topic');
  if (topic) call.cloud.find(topics, topic);
  const attempts = Number(call.flag('max-delivery-attempts'));
  if (topic && !(attempts >= 5 && attempts <= 100)) {
    throw new CloudError('INVALID_ARGUMENT: maxDeliveryAttempts must be between 5 and 100');
  }
  if (Number.parseInt(call.flag('max-retry-delay'), 10) > 600) {
    throw new CloudError('INVALID_ARGUMENT: maximumBackoff must be at most 600 s');
  }
  return {
    ackDeadlineSeconds: Number(call.flag('ack-deadline')),
    messageRetentionDuration: call.flag('message-retention-duration'),
    // Without a ttl it never expires.
    expirationPolicy: call.flag('expiration-period') === 'never' ? {} : { ttl: '2678400s' },
    ...(topic && {
      deadLetterPolicy: {
        deadLetterTopic: `projects/${call.cloud.projectId}/topics/${topic}`,
        maxDeliveryAttempts: attempts,
      },
      retryPolicy: {
        minimumBackoff: call.flag('min-retry-delay'),
        maximumBackoff: call.flag('max-retry-delay'),
      },
    }),
  };
}
