import type { PubSub, protos } from '@google-cloud/pubsub';
import { PermanentError } from '../base/errors.ts';
import { type Gatherer, gather } from '../base/gather.ts';
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

/** Pub/Sub's own limit for the messages of one request. */
const maxTogether = 1_000;
/** What is published while a request is under way goes with the next, but does not wait longer than this. */
const patienceMs = 2;

interface Outgoing {
  readonly message: protos.google.pubsub.v1.IPubsubMessage & { readonly data: Buffer };
  id: string;
}

/** One client for each process, which sends what is published together in one request. */
export async function openPublisher(address: PubSubAddress): Promise<Publisher> {
  const { PubSub } = await import('../clients/pubsub.ts');
  const client = new PubSub(clientOptions(address));
  const topics = new Map<string, Gatherer<Outgoing>>();
  const gathererOf = (topic: string): Gatherer<Outgoing> => {
    const gatherer = topics.get(topic) ?? gatherFor(client, `${address.TOPIC_PREFIX ?? ''}${topic}`);
    topics.set(topic, gatherer);
    return gatherer;
  };
  return {
    async send(topic, data, attributes) {
      if (data.length > maxDataBytes) {
        const size = (data.length / 1e6).toFixed(1);
        throw new PermanentError(
          `The message for ${topic} would have ${size} MB, and Pub/Sub takes 10 MB at most.`,
        );
      }
      const outgoing: Outgoing = { message: { data, attributes: { ...attributes } }, id: '' };
      await gathererOf(topic).add(outgoing);
      return outgoing.id;
    },
    close: () => client.close(),
  };
}

/**
 * Not by the client's own topic objects: they make even a message that is alone wait for company, and each time a timer
 * and a span of their own.
 */
function gatherFor(client: PubSub, name: string): Gatherer<Outgoing> {
  const { name: topic } = client.topic(name);
  const gaxOpts = { retry: { backoffSettings } };
  const publish = (outgoing: readonly Outgoing[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const reqOpts = { topic, messages: outgoing.map(({ message }) => message) };
      const config = { client: 'PublisherClient', method: 'publish', reqOpts, gaxOpts } as const;
      client.request<protos.google.pubsub.v1.IPublishResponse>(config, (error, answer) => {
        if (error) return reject(error);
        outgoing.forEach((one, i) => {
          one.id = answer?.messageIds?.[i] ?? '';
        });
        resolve();
      });
    });
  return gather(publish, {
    patienceMs,
    sizeOf: ({ message }) => Math.max(message.data.length, Math.ceil(maxDataBytes / maxTogether)),
    maxSize: maxDataBytes,
  });
}
