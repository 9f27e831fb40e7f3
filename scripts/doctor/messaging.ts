import { deadLetterTopic, deliveryPolicy, functionOf } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
import { clientOptions, type PubSubAddress } from '@banknote-loop/shared/pubsub';
import type { PubSub, protos } from '@google-cloud/pubsub';

type Subscription = protos.google.pubsub.v1.ISubscription;

/** Says in sentences where topics and subscriptions are not as the functions need them; nothing if all is well. */
export async function inspectMessaging(
  address: PubSubAddress,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const client = new PubSub(clientOptions(address));
  const { TOPIC_PREFIX: prefix = '' } = address;
  try {
    return [
      ...(await missingTopics(client, prefix, functions)),
      ...(await wrongSubscriptions(client, prefix, functions)),
    ];
  } finally {
    await client.close();
  }
}

async function missingTopics(
  client: PubSub,
  prefix: string,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const [found] = await client.getTopics();
  const names = new Set(found.map(({ name }) => lastPart(name)));
  const needed = new Set(
    [...functions.flatMap(({ on, publishes }) => [on, ...publishes])].map(({ name }) => name),
  );
  return [...needed, deadLetterTopic]
    .map(name => `${prefix}${name}`)
    .filter(name => !names.has(name))
    .map(name => `There is no topic ${name}.`);
}

async function wrongSubscriptions(
  client: PubSub,
  prefix: string,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const [found] = await client.getSubscriptions();
  const all = await Promise.all(found.map(async one => (await one.getMetadata())[0]));
  const deadLetters = `${prefix}${deadLetterTopic}`;
  const held = all.some(({ name }) => lastPart(name) === deadLetters);
  return [
    ...functions.flatMap(one => problemsOf(one, prefix, all)),
    ...(held ? [] : [`No subscription holds what reaches the topic ${deadLetters}.`]),
  ];
}

function problemsOf(
  { name, on }: EventFunction,
  prefix: string,
  all: readonly Subscription[],
): readonly string[] {
  const topic = `${prefix}${on.name}`;
  const own = all.find(
    one => functionOf(lastPart(one.name), prefix) === name && lastPart(one.topic) === topic,
  );
  if (!own) return [`No subscription brings the topic ${topic} to ${name}.`];
  const { deadLetterPolicy, retryPolicy, pushConfig } = own;
  const attempts = deadLetterPolicy?.maxDeliveryAttempts;
  const problems: readonly (readonly [boolean, string])[] = [
    [!pushConfig?.pushEndpoint, 'delivers to no address'],
    [
      lastPart(deadLetterPolicy?.deadLetterTopic) !== `${prefix}${deadLetterTopic}`,
      `has no dead-letter topic`,
    ],
    [
      attempts !== deliveryPolicy.maxAttempts,
      `gives up after ${attempts ?? 'no'} attempts instead of ${deliveryPolicy.maxAttempts}`,
    ],
    [!retryPolicy, 'delivers again at once instead of later and later'],
  ];
  return problems.flatMap(([wrong, what]) => (wrong ? [`The subscription of ${name} ${what}.`] : []));
}

function lastPart(path: string | null | undefined): string {
  return path?.split('/').at(-1) ?? '';
}
