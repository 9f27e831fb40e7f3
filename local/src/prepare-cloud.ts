import { plaintext } from '@banknote-loop/shared/base';
import { ackDeadlineSeconds, deadLetterTopic, deliveryPolicy, topics } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
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
  projectId: string,
  triggers: readonly Trigger[],
  backoff: Backoff,
): Promise<void> {
  const pubsub = new PubSub({ projectId });
  try {
    const names = [...Object.values(topics).map(({ name }) => name), deadLetterTopic];
    await Promise.all(names.map(name => unlessThere(alreadyExists, () => pubsub.createTopic(name))));
    await Promise.all([
      holdDeadLetters(pubsub),
      ...triggers.map(trigger => subscribe(pubsub, trigger, backoff)),
    ]);
  } finally {
    await pubsub.close();
  }
}

async function holdDeadLetters(pubsub: PubSub): Promise<void> {
  const options = {
    messageRetentionDuration: { seconds: deliveryPolicy.retentionSeconds },
    // Whoever looks through them has this long before they are offered to the next.
    ackDeadlineSeconds: 60,
  };
  await unlessThere(alreadyExists, () =>
    pubsub.topic(deadLetterTopic).createSubscription(deadLetterTopic, options),
  );
}

async function subscribe(pubsub: PubSub, { definition, port }: Trigger, backoff: Backoff): Promise<void> {
  const { name, on, needs } = definition;
  const topic = `projects/${pubsub.projectId}/topics/${on.name}`;
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
      deadLetterTopic: `projects/${pubsub.projectId}/topics/${deadLetterTopic}`,
      maxDeliveryAttempts: deliveryPolicy.maxAttempts,
    },
  };
  const created = await unlessThere(alreadyExists, () =>
    pubsub.topic(on.name).createSubscription(name, options),
  );
  if (!created) await pubsub.subscription(name).setMetadata(options);
}

function duration(seconds: number) {
  return { seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) };
}

export async function prepareBucket(projectId: string, bucket: string): Promise<void> {
  const storage = new Storage({ projectId });
  await unlessThere(conflict, () => storage.createBucket(bucket));
}

/** Puts the database password where the functions look for it, unless it is there already; answers what is there. */
export async function prepareSecret(projectId: string, address: string, password: string): Promise<string> {
  const client = new SecretManagerServiceClient({ projectId, ...(await plaintext(address)) });
  try {
    const name = client.secretPath(projectId, 'db-pass');
    const request = {
      parent: `projects/${projectId}`,
      secretId: 'db-pass',
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
