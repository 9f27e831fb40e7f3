import type { PubSub, Topic } from '@google-cloud/pubsub';
import { PermanentError } from '../base/errors.ts';
import { clientOptions, type PubSubAddress } from './address.ts';

export interface Publisher {
  /** Resolves with the message's id when Pub/Sub has accepted it. */
  send(topic: string, data: Buffer, attributes: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Pub/Sub takes no larger request; the rest is left for attributes and framing. */
const maxDataBytes = 10_000_000 - 64_000;

/**
 * How a publish that fails is tried again: briefly, since the message that it belongs to comes again by itself. The
 * client's own pauses grow to a minute, and one that has begun counts for nothing against its deadline.
 */
const backoffSettings = {
  initialRetryDelayMillis: 100,
  retryDelayMultiplier: 2,
  maxRetryDelayMillis: 1_000,
  initialRpcTimeoutMillis: 5_000,
  rpcTimeoutMultiplier: 1,
  maxRpcTimeoutMillis: 5_000,
  totalTimeoutMillis: 10_000,
};

/** One client for each process and one topic object for each topic: the client sends what is published together at once. */
export async function openPublisher(address: PubSubAddress): Promise<Publisher> {
  const { PubSub } = await import('../clients/pubsub.ts');
  const client = new PubSub(clientOptions(address));
  const topicOf = rememberTopics(client, address.TOPIC_PREFIX);
  return {
    async send(topic, data, attributes) {
      if (data.length > maxDataBytes) {
        const size = (data.length / 1e6).toFixed(1);
        throw new PermanentError(
          `The message for ${topic} would have ${size} MB, and Pub/Sub takes 10 MB at most.`,
        );
      }
      return topicOf(topic).publishMessage({ data, attributes: { ...attributes } });
    },
    close: () => client.close(),
  };
}

function rememberTopics(client: PubSub, prefix = ''): (name: string) => Topic {
  const topics = new Map<string, Topic>();
  return name => {
    const topic =
      topics.get(name) ??
      client.topic(`${prefix}${name}`, {
        // One millisecond is enough for messages of one moment to travel together, and nobody notices it.
        batching: { maxMessages: 100, maxMilliseconds: 1 },
        gaxOpts: { retry: { backoffSettings } },
      });
    topics.set(name, topic);
    return topic;
  };
}
