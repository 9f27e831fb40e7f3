import type { protos, v1 } from '@google-cloud/pubsub';
import { plaintext } from '../base/emulator.ts';
import { PermanentError } from '../base/errors.ts';
import { type Gatherer, gather } from '../base/gather.ts';
import type { PubSubAddress } from './address.ts';

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
  const { v1 } = await import('../clients/pubsub.ts');
  const { PROJECT_ID, PUBSUB_EMULATOR_HOST, TOPIC_PREFIX = '' } = address;
  const local = PUBSUB_EMULATOR_HOST && (await plaintext(PUBSUB_EMULATOR_HOST));
  const client = new v1.PublisherClient({ projectId: PROJECT_ID, ...local });
  const topics = new Map<string, Gatherer<Outgoing>>();
  const gathererOf = (topic: string): Gatherer<Outgoing> => {
    const path = (): string => client.projectTopicsPath(PROJECT_ID, `${TOPIC_PREFIX}${topic}`);
    const gatherer = topics.get(topic) ?? gatherFor(client, path());
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
 * Not by topic objects: they make even a message that is alone wait for company, and each time a timer and a span of
 * their own. Nor may the client below them gather, as it would for ten milliseconds.
 */
const callOptions = { isBundling: false, retry: { backoffSettings } };

function gatherFor(client: v1.PublisherClient, topic: string): Gatherer<Outgoing> {
  const publish = async (outgoing: readonly Outgoing[]): Promise<void> => {
    const messages = outgoing.map(({ message }) => message);
    const [{ messageIds }] = await client.publish({ topic, messages }, callOptions);
    outgoing.forEach((one, i) => {
      one.id = messageIds?.[i] ?? '';
    });
  };
  return gather(publish, {
    patienceMs,
    sizeOf: ({ message }) => Math.max(message.data.length, Math.ceil(maxDataBytes / maxTogether)),
    maxSize: maxDataBytes,
  });
}
