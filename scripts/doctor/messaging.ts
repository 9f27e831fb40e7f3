import { deadLetterTopic, deliveryPolicy, functionOf } from '@banknote-loop/shared/contract';
import type { EventFunction } from '@banknote-loop/shared/function';
import type { PubSub, protos } from '@google-cloud/pubsub';

type Subscription = protos.google.pubsub.v1.ISubscription;

/** Says in sentences where topics and subscriptions are not as the functions need them; nothing if all is well. */
export async function inspectMessaging(
  projectId: string,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const client = new PubSub({ projectId });
  try {
    return [...(await missingTopics(client, functions)), ...(await wrongSubscriptions(client, functions))];
  } finally {
    await client.close();
  }
}

async function missingTopics(
  client: PubSub,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const [found] = await client.getTopics();
  const names = new Set(found.map(({ name }) => lastPart(name)));
  const needed = new Set(
    [...functions.flatMap(({ on, publishes }) => [on, ...publishes])].map(({ name }) => name),
  );
  return [...needed, deadLetterTopic]
    .filter(name => !names.has(name))
    .map(name => `There is no topic ${name}.`);
}

async function wrongSubscriptions(
  client: PubSub,
  functions: readonly EventFunction[],
): Promise<readonly string[]> {
  const [found] = await client.getSubscriptions();
  const all = await Promise.all(found.map(async one => (await one.getMetadata())[0]));
  const held = all.some(({ name }) => lastPart(name) === deadLetterTopic);
  return [
    ...functions.flatMap(one => problemsOf(one, all)),
    ...(held ? [] : [`No subscription holds what reaches the topic ${deadLetterTopic}.`]),
  ];
}

function problemsOf({ name, on }: EventFunction, all: readonly Subscription[]): readonly string[] {
  const own = all.find(one => functionOf(lastPart(one.name)) === name && lastPart(one.topic) === on.name);
  if (!own) return [`No subscription brings the topic ${on.name} to ${name}.`];
  const { deadLetterPolicy, retryPolicy, pushConfig } = own;
  const attempts = deadLetterPolicy?.maxDeliveryAttempts;
  const problems: readonly (readonly [boolean, string])[] = [
    [!pushConfig?.pushEndpoint, 'delivers to no address'],
    [lastPart(deadLetterPolicy?.deadLetterTopic) !== deadLetterTopic, `has no dead-letter topic`],
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
