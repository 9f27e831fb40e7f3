import { setTimeout as delay } from 'node:timers/promises';
import type { protos, v1 } from '@google-cloud/pubsub';
import { plaintext } from '../base/emulator.ts';
import { shareNext } from '../base/share-next.ts';
import { deadLetterTopic } from '../contract/topics.ts';
import type { PubSubAddress } from './address.ts';
import { openPublisher, type Publisher } from './publisher.ts';

type Received = protos.google.pubsub.v1.IReceivedMessage;

export interface DeadLetter {
  readonly id: string;
  /** Who gave it up, or whose subscription ran out of attempts. */
  readonly function: string;
  readonly topic: string | undefined;
  readonly reason: string;
  readonly field: string | undefined;
  readonly attempts: number;
  readonly arrived: Date;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

interface Held extends DeadLetter {
  readonly ackId: string;
}

const pullMessages = 1_000;
/** A Pub/Sub that lets a pull of an empty subscription wait all the same has nothing more after so long without an answer. */
const emptyAfterMs = 2_000;
/** Another process that looks at this moment has them in hand, and lets go of them within milliseconds. */
const looksToList = 3;
/** Whoever names a letter has seen it: it is worth more patience. */
const looksToFind = 8;
const lookAgainMs = 20;
const deadlineExceeded = 4;

export async function openDeadLetters(address: PubSubAddress): Promise<DeadLetters> {
  const { v1 } = await import('../clients/pubsub.ts');
  const { PROJECT_ID, PUBSUB_EMULATOR_HOST } = address;
  const local = PUBSUB_EMULATOR_HOST && (await plaintext(PUBSUB_EMULATOR_HOST));
  const subscriber = new v1.SubscriberClient({ projectId: PROJECT_ID, ...local });
  return new DeadLetters(address, subscriber, await openPublisher(address));
}

/** Everything that reached `dead-letter`, which one subscription holds until somebody has dealt with it. */
export class DeadLetters {
  readonly #projectId: string;
  readonly #prefix: string;
  readonly #subscriber: v1.SubscriberClient;
  readonly #publisher: Publisher;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    { PROJECT_ID, TOPIC_PREFIX = '' }: PubSubAddress,
    subscriber: v1.SubscriberClient,
    publisher: Publisher,
  ) {
    this.#projectId = PROJECT_ID;
    this.#prefix = TOPIC_PREFIX;
    this.#subscriber = subscriber;
    this.#publisher = publisher;
  }

  /**
   * All of them, oldest first; they stay where they are. Those who look at the same time share one look: while one has
   * them in hand, nobody else would see them.
   */
  readonly list = shareNext(async (): Promise<readonly DeadLetter[]> => {
    const look = () => this.#holding(async letters => letters.map(({ ackId: _, ...letter }) => letter));
    return lookUntil(looksToList, look, found => found.length > 0);
  });

  /**
   * Publishes them again where they came from, and only then takes them off. As every function ignores what it has
   * done already, a replay that is cut off half-way can simply be made again.
   */
  replay(wanted: (letter: DeadLetter) => boolean): Promise<number> {
    return this.#forEach(wanted, async letter => {
      await this.#publisher.send(await this.#topicOf(letter), letter.data, attributesForReplay(letter));
      await this.#acknowledge([letter]);
    });
  }

  drop(wanted: (letter: DeadLetter) => boolean): Promise<number> {
    return this.#forEach(wanted, letter => this.#acknowledge([letter]));
  }

  /** Answers how many there were. */
  #forEach(wanted: (letter: DeadLetter) => boolean, work: (letter: Held) => Promise<void>): Promise<number> {
    const attempt = () =>
      this.#holding(async letters => {
        const chosen = letters.filter(wanted);
        for (const letter of chosen) await work(letter);
        return chosen.length;
      });
    return lookUntil(looksToFind, attempt, count => count > 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.#subscriber.close(), this.#publisher.close()]);
  }

  get #path(): string {
    return this.#subscriber.subscriptionPath(this.#projectId, `${this.#prefix}${deadLetterTopic}`);
  }

  /** Takes all letters in hand, one look after another, and afterwards lets go of those that are still there. */
  #holding<T>(work: (letters: readonly Held[]) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#hold(work));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #hold<T>(work: (letters: readonly Held[]) => Promise<T>): Promise<T> {
    const held: Held[] = [];
    try {
      for (let pulled = await this.#pull(); pulled.length > 0; pulled = await this.#pull())
        held.push(...pulled);
      return await work(held.toSorted((a, b) => a.arrived.getTime() - b.arrived.getTime()));
    } finally {
      await this.#release(held);
    }
  }

  async #pull(): Promise<readonly Held[]> {
    try {
      const request = { subscription: this.#path, maxMessages: pullMessages, returnImmediately: true };
      const [{ receivedMessages }] = await this.#subscriber.pull(request, {
        timeout: emptyAfterMs,
        retry: null,
      });
      return (receivedMessages ?? []).map(read);
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === deadlineExceeded) return [];
      throw error;
    }
  }

  async #acknowledge(letters: readonly Held[]): Promise<void> {
    const ackIds = letters.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await this.#subscriber.acknowledge({ subscription: this.#path, ackIds });
  }

  async #release(letters: readonly Held[]): Promise<void> {
    const ackIds = letters.map(({ ackId }) => ackId);
    if (ackIds.length === 0) return;
    // Those that have been acknowledged meanwhile are gone, and not offered again by this.
    await this.#subscriber.modifyAckDeadline({ subscription: this.#path, ackIds, ackDeadlineSeconds: 0 });
  }

  /** Ours say where they came from; one that Pub/Sub gave up names only the subscription. */
  async #topicOf({ topic, id, attributes }: DeadLetter): Promise<string> {
    if (topic) return topic;
    const source = attributes[sourceSubscription];
    if (!source)
      throw new Error(`The dead letter ${id} does not say where it came from: it can only be dropped.`);
    const subscription = this.#subscriber.subscriptionPath(this.#projectId, source);
    const [{ topic: path }] = await this.#subscriber.getSubscription({ subscription });
    const name = path?.split('/').at(-1) ?? '';
    return name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
  }
}

/** Looks again, a few times, for what somebody else may have in hand. */
async function lookUntil<T>(
  times: number,
  look: () => Promise<T>,
  isFound: (found: T) => boolean,
): Promise<T> {
  for (let time = 1; time < times; time += 1) {
    const found = await look();
    if (isFound(found)) return found;
    await delay(lookAgainMs);
  }
  return look();
}

const sourceSubscription = 'CloudPubSubDeadLetterSourceSubscription';
const addedWithRefusal = /^(dead_letter_|CloudPubSubDeadLetter)/;

function read({ ackId, message }: Received): Held {
  const attributes = { ...message?.attributes };
  const seconds = Number(message?.publishTime?.seconds ?? 0);
  return {
    ackId: ackId ?? '',
    id: message?.messageId ?? '',
    function: attributes.dead_letter_function ?? attributes[sourceSubscription] ?? 'unknown',
    topic: attributes.dead_letter_topic,
    reason:
      attributes.dead_letter_reason ??
      'It ran out of attempts; the log of the function says why each failed.',
    field: attributes.dead_letter_field,
    attempts: Number(
      attributes.dead_letter_attempts ?? attributes.CloudPubSubDeadLetterSourceDeliveryCount ?? 1,
    ),
    arrived: new Date(seconds * 1000 + Number(message?.publishTime?.nanos ?? 0) / 1e6),
    attributes,
    data: Buffer.from(message?.data ?? ''),
  };
}

/** As it was published first: the time is what orders ratings, and must not become the time of the replay. */
function attributesForReplay({ attributes }: DeadLetter): Record<string, string> {
  const own = Object.entries(attributes).filter(([name]) => !addedWithRefusal.test(name));
  const published =
    attributes.dead_letter_publish_time ?? attributes.CloudPubSubDeadLetterSourceTopicPublishTime;
  return { ...(published ? { 'ce-time': published } : {}), ...Object.fromEntries(own) };
}
