import { plaintext } from '@banknote-loop/shared/base';
import type { BucketAddress } from '@banknote-loop/shared/bucket';
import { ackDeadlineSeconds, deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
import { clientOptions, type PubSubAddress } from '@banknote-loop/shared/pubsub';
import { PubSub } from '@google-cloud/pubsub';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { Storage } from '@google-cloud/storage';

const alreadyExists = 6;
const conflict = 409;

async function unlessThere(code: number, create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === code) return false;
    throw error;
  }
}

export interface Backoff {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export interface Trigger {
  readonly definition: EventFunction;
  /** Where the function listens. */
  readonly port: number;
}

/** Makes topics and subscriptions as the deployment makes them in the cloud; what is there is brought up to date. */
export async function prepareMessaging(
  address: PubSubAddress,
  triggers: readonly Trigger[],
  backoff: Backoff,
): Promise<void> {
  const { TOPIC_PREFIX: prefix = '' } = address;
  const pubsub = new PubSub(clientOptions(address));
  try {
    const names = [...Object.values(topics).map(({ name }) => name), deadLetterTopic];
    await Promise.all(
      names.map(name => unlessThere(alreadyExists, () => pubsub.createTopic(`${prefix}${name}`))),
    );
    await Promise.all([
      holdDeadLetters(pubsub, prefix),
      ...triggers.map(trigger => subscribe(pubsub, prefix, trigger, backoff)),
    ]);
  } finally {
    await pubsub.close();
  }
}

async function holdDeadLetters(pubsub: PubSub, prefix: string): Promise<void> {
  const options = {
    messageRetentionDuration: { seconds: deliveryPolicy.retentionSeconds },
    // Whoever looks through them has this long before they are offered to the next.
    ackDeadlineSeconds: 60,
  };
  await unlessThere(alreadyExists, () =>
    pubsub.topic(`${prefix}${deadLetterTopic}`).createSubscription(`${prefix}${deadLetterTopic}`, options),
  );
}

async function subscribe(
  pubsub: PubSub,
  prefix: string,
  { definition, port }: Trigger,
  backoff: Backoff,
): Promise<void> {
  const { on, needs } = definition;
  const [name, topicName] = [`${prefix}${definition.name}`, `${prefix}${on.name}`];
  const topic = `projects/${pubsub.projectId}/topics/${topicName}`;
  // The parameter is what Eventarc sets: it asks Pub/Sub to deliver a CloudEvent.
  const pushEndpoint = `http://127.0.0.1:${port}/?__GCP_CloudEventsMode=CUSTOM_PUBSUB_${encodeURIComponent(topic)}`;
  const options = {
    pushConfig: { pushEndpoint },
    ackDeadlineSeconds: ackDeadlineSeconds(needs.timeoutSeconds),
    messageRetentionDuration: { seconds: deliveryPolicy.retentionSeconds },
    retryPolicy: {
      minimumBackoff: duration(backoff.minSeconds),
      maximumBackoff: duration(backoff.maxSeconds),
    },
    deadLetterPolicy: {
      deadLetterTopic: `projects/${pubsub.projectId}/topics/${prefix}${deadLetterTopic}`,
      maxDeliveryAttempts: deliveryPolicy.maxAttempts,
    },
  };
  const created = await unlessThere(alreadyExists, () =>
    pubsub.topic(topicName).createSubscription(name, options),
  );
  if (!created) await pubsub.subscription(name).setMetadata(options);
}

function duration(seconds: number) {
  return { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
}

export async function prepareBucket({
  PROJECT_ID,
  BUCKET,
  STORAGE_EMULATOR_HOST,
}: BucketAddress): Promise<void> {
  const storage = new Storage({
    projectId: PROJECT_ID,
    ...(STORAGE_EMULATOR_HOST && { apiEndpoint: STORAGE_EMULATOR_HOST }),
  });
  await unlessThere(conflict, () => storage.createBucket(BUCKET));
}

/** Puts a password where the functions look for it, unless it is there already; answers what is there. */
export async function prepareSecret(
  projectId: string,
  address: string,
  password: string,
  secretId = 'db-pass',
): Promise<string> {
  const client = new SecretManagerServiceClient({ projectId, ...(await plaintext(address)) });
  try {
    const name = client.secretPath(projectId, secretId);
    const request = {
      parent: `projects/${projectId}`,
      secretId,
      secret: { replication: { automatic: {} } },
    };
    const created = await unlessThere(alreadyExists, () => client.createSecret(request));
    if (created) {
      await client.addSecretVersion({ parent: name, payload: { data: Buffer.from(password) } });
      return password;
    }
    const [version] = await client.accessSecretVersion({ name: `${name}/versions/latest` });
    return Buffer.from(version.payload?.data ?? '').toString('utf8');
  } finally {
    await client.close();
  }
}
