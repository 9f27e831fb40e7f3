import type { Loop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { clientOptions, pubSubIn } from '@banknote-loop/shared/pubsub';
import { PubSub } from '@google-cloud/pubsub';

export const timeoutMs = 120_000;

/** Publishes into the loop, and sees when functions are done with what was published. */
export interface LoopTraffic {
  publish(topic: string, message: unknown): Promise<unknown>;
  /** How many messages the function of a subscription has acknowledged. */
  acked(subscription: string): number;
  /** How many messages it has not acknowledged yet. */
  waiting(subscription: string): number;
  /** Makes a topic of its own for a function, so that nobody else receives what goes there. */
  connect(topic: string, port: number): Promise<void>;
  close(): Promise<void>;
}

export function openTraffic({ services, environment }: Loop): LoopTraffic {
  const { pubsub } = services;
  if (!pubsub) throw new Error('The loop came up without a Pub/Sub of its own.');
  const client = new PubSub(clientOptions(pubSubIn(environment)));
  const topics = new Map<string, ReturnType<PubSub['topic']>>();
  const topicOf = (name: string) => {
    const topic =
      topics.get(name) ?? client.topic(name, { batching: { maxMessages: 100, maxMilliseconds: 1 } });
    topics.set(name, topic);
    return topic;
  };
  const statsOf = (subscription: string) => {
    const path = `projects/${environment.PROJECT_ID}/subscriptions/${subscription}`;
    return pubsub.stats().find(({ name }) => name === path);
  };
  return {
    publish: (topic, message) =>
      topicOf(topic).publishMessage({ data: Buffer.from(JSON.stringify(message)) }),
    acked: subscription => statsOf(subscription)?.acked ?? 0,
    waiting: subscription => statsOf(subscription)?.undelivered ?? 0,
    async connect(topic, port) {
      await client.createTopic(topic);
      const pushConfig = { pushEndpoint: `http://127.0.0.1:${port}/` };
      await client.topic(topic).createSubscription(topic, { pushConfig, ackDeadlineSeconds: 60 });
    },
    close: () => client.close(),
  };
}

/** Looks again every millisecond: often enough for what is waited for here, and no burden on the Pub/Sub beside it. */
export async function soon(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(what, condition, timeoutMs, 1);
}
