import { setTimeout as delay } from 'node:timers/promises';
import type { protos, v1 } from '@google-cloud/pubsub';
import { plaintext } from '../base/emulator.ts';
import { ConflictError } from '../base/errors.ts';
import { shareNext } from '../base/share-next.ts';
import { deadLetterTopic, topics } from '../contract/topics.ts';
import type { PubSubAddress } from './address.ts';
import { openPublisher, type Publisher } from './publisher.ts';

type Received = protos.google.pubsub.v1.IReceivedMessage;

/** What is known of a dead letter without looking into it. */
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
}

export interface OpenedLetter extends DeadLetter {
  readonly data: Buffer;
}

interface Held extends OpenedLetter {
  readonly ackId: string;
}

const pullMessages = 1_000;
/** A list for somebody who waits for it ends there: messages may have 10 MB each, and nobody reads thousands of lines. */
const mostListed = 1_000;
const mostListedBytes = 32_000_000;
/** A Pub/Sub that lets a pull of an empty subscription wait all the same has nothing more after so long without an answer. */
const emptyAfterMs = 10_000;
/** Another process that looks at this moment has them in hand, and lets go of them within milliseconds. */
const looksToList = 3;
/** Whoever names a letter has seen it: it is worth more patience. */
const looksToFind = 8;
const lookAgainMs = 20;
/** Where many letters wait a look takes long by itself, and those who hold some meanwhile let go of them. */
const patienceMs = 1_000;
const deadlineExceeded = 4;

export async function openDeadLetters(address: PubSubAddress): Promise<DeadLetters> {
  const { v1 } = await import('../clients/pubsub.ts');
  const { PROJECT_ID, PUBSUB_EMULATOR_HOST } = address;
  const local = PUBSUB_EMULATOR_HOST && (await plaintext(PUBSUB_EMULATOR_HOST));
  const subscriber = new v1.SubscriberClient({ projectId: PROJECT_ID, ...local });
  return new DeadLetters(address, subscriber, await openPublisher(address));
}

export interface Listed {
  readonly letters: readonly DeadLetter[];
  readonly more: boolean;
}

/** Everything that reached `dead-letter`, which one subscription holds until somebody has dealt with it. */
export class DeadLetters {
  readonly #projectId: string;
  readonly #prefix: string;
  readonly #subscriber: v1.SubscriberClient;
  readonly #publisher: Publisher;
  /** Who goes along on the next walk. */
  readonly #waiting: Visitor[] = [];

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

  /** The first of them, oldest first, and whether there are more; they stay where they are. */
  list(): Promise<Listed> {
    return this.#list(mostListed, mostListedBytes);
  }

  /** All of them, however long it takes. */
  async listAll(): Promise<readonly DeadLetter[]> {
    return (await this.#list(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).letters;
  }

  async #list(most: number, mostBytes: number): Promise<Listed> {
    const letters: DeadLetter[] = [];
    let bytes = 0;
    const isEnough = (): boolean => letters.length >= most || bytes >= mostBytes;
    await this.#visit(
      looksToList,
      async ({ ackId: _, data, ...letter }) => {
        letters.push(letter);
        bytes += data.length;
        return 'left';
      },
      { isOver: isEnough, isFound: () => letters.length > 0 },
    );
    return {
      letters: letters.toSorted((a, b) => a.arrived.getTime() - b.arrived.getTime()),
      more: isEnough(),
    };
  }

  /** Those of which it is so, with what they hold. */
  async find(isWanted: (letter: OpenedLetter) => boolean): Promise<readonly OpenedLetter[]> {
    const found: OpenedLetter[] = [];
    await this.#visit(
      looksToList,
      async ({ ackId: _, ...letter }) => {
        if (isWanted(letter)) found.push({ ...letter, data: Buffer.from(letter.data) });
        return 'left';
      },
      { isOver: () => false, isFound: () => found.length > 0 },
    );
    return found;
  }

  /** One of them with what it holds; nothing if it is not there. */
  async open(id: string): Promise<OpenedLetter | undefined> {
    const found: OpenedLetter[] = [];
    await this.#forEach(new Set([id]), async ({ ackId: _, ...letter }) => {
      found.push(letter);
      return 'left';
    });
    return found[0];
  }

  /**
   * Publishes them again where they came from, and only then takes them off. As every function ignores what it has
   * done already, a replay that is cut off half-way can simply be made again.
   */
  replay(ids: ReadonlySet<string>, withinMs?: number): Promise<number> {
    const publish = async (letter: Held): Promise<'gone'> => {
      await this.#publisher.send(await this.#topicOf(letter), letter.data, attributesForReplay(letter));
      return this.#acknowledge(letter);
    };
    return this.#forEach(ids, publish, withinMs);
  }

  drop(ids: ReadonlySet<string>): Promise<number> {
    return this.#forEach(ids, letter => this.#acknowledge(letter));
  }

  /** Answers how many there were. */
  async #forEach(ids: ReadonlySet<string>, work: Visitor['visit'], withinMs?: number): Promise<number> {
    const left = new Set(ids);
    const isOver = (): boolean => left.size === 0;
    await this.#visit(
      looksToFind,
      async letter => {
        if (!left.has(letter.id)) return 'left';
        const done = await work(letter);
        left.delete(letter.id);
        return done;
      },
      { isOver, isFound: isOver, withinMs },
    );
    return ids.size - left.size;
  }

  async #visit(
    times: number,
    visit: Visitor['visit'],
    { isOver, isFound, withinMs = Number.POSITIVE_INFINITY }: Wish,
  ): Promise<void> {
    const visitor: Visitor = { visit, isOver, until: performance.now() + withinMs, failure: undefined };
    const look = (): Promise<void> => {
      this.#waiting.push(visitor);
      return this.#walkWithAll();
    };
    await lookUntil(times, look, () => isFound() || visitor.failure !== undefined);
    if (visitor.failure) throw visitor.failure.error;
  }

  /**
   * One walk for all who want something of letters by then: each passes by all letters, of which there may be very many.
   * And while one has them in hand, nobody else would see them.
   */
  readonly #walkWithAll = shareNext((): Promise<void> => {
    const visitors = this.#waiting.splice(0);
    return this.#walk(async letters => {
      for (const letter of letters) await visitWithAll(visitors, letter);
      for (const visitor of visitors) giveUpInTime(visitor);
      return visitors.every(isDone);
    });
  });

  async close(): Promise<void> {
    await Promise.all([this.#subscriber.close(), this.#publisher.close()]);
  }

  get #path(): string {
    return this.#subscriber.subscriptionPath(this.#projectId, `${this.#prefix}${deadLetterTopic}`);
  }

  /**
   * Takes letters in hand, some at a time, until that is enough or there are no more; afterwards lets go of those that are
   * still there. What they hold is forgotten as it goes: all of it may be gigabytes.
   */
  async #walk(visit: (letters: readonly Held[]) => Promise<boolean>): Promise<void> {
    const ackIds: string[] = [];
    try {
      for (let pulled = await this.#pull(); pulled.length > 0; pulled = await this.#pull()) {
        ackIds.push(...pulled.map(({ ackId }) => ackId));
        if (await visit(pulled)) break;
      }
    } finally {
      await this.#release(ackIds);
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

  async #acknowledge({ ackId }: Held): Promise<'gone'> {
    await this.#subscriber.acknowledge({ subscription: this.#path, ackIds: [ackId] });
    return 'gone';
  }

  async #release(ackIds: readonly string[]): Promise<void> {
    for (let at = 0; at < ackIds.length; at += pullMessages) {
      // Those that have been acknowledged meanwhile are gone, and not offered again by this.
      const some = ackIds.slice(at, at + pullMessages);
      await this.#subscriber.modifyAckDeadline({
        subscription: this.#path,
        ackIds: some,
        ackDeadlineSeconds: 0,
      });
    }
  }

  /** Ours say where they came from; one that Pub/Sub gave up names only the subscription. */
  async #topicOf({ topic, id, attributes }: DeadLetter): Promise<string> {
    // Whoever may publish to `dead-letter` can write anything there.
    if (topic && ownTopics.has(topic)) return topic;
    const source = attributes[sourceSubscription];
    if (topic || !source) {
      const reason = topic
        ? `came from ${topic}, by which no function is triggered`
        : 'does not say where it came from';
      throw new ConflictError(`The dead letter ${id} ${reason}: it can only be dropped.`);
    }
    const subscription = this.#subscriber.subscriptionPath(this.#projectId, source);
    const [{ topic: path }] = await this.#subscriber.getSubscription({ subscription });
    const name = path?.split('/').at(-1) ?? '';
    return name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
  }
}

/** Somebody who wants something of letters. */
interface Visitor {
  /** Says whether the letter is still there afterwards. */
  readonly visit: (letter: Held) => Promise<'left' | 'gone'>;
  /** Whether this one needs to see no more of them. */
  readonly isOver: () => boolean;
  readonly until: number;
  failure: { readonly error: unknown } | undefined;
}

interface Wish extends Pick<Visitor, 'isOver'> {
  readonly isFound: () => boolean;
  /** How long a person would wait; a program has the time that it takes. */
  readonly withinMs?: number | undefined;
}

function giveUpInTime(visitor: Visitor): void {
  if (isDone(visitor) || performance.now() < visitor.until) return;
  const error = new ConflictError(
    'There are too many dead letters to look through while somebody waits: `npm run dead-letters` takes its time.',
  );
  visitor.failure = { error };
}

function isDone({ isOver, failure }: Visitor): boolean {
  return failure !== undefined || isOver();
}

/** What goes wrong for one is told to whoever asked for it, and to nobody else on the same walk. */
async function visitWithAll(visitors: readonly Visitor[], letter: Held): Promise<void> {
  for (const visitor of visitors) {
    if (isDone(visitor)) continue;
    try {
      if ((await visitor.visit(letter)) === 'gone') return;
    } catch (error) {
      visitor.failure = { error };
    }
  }
}

/** Looks again, a few times and not for long, for what somebody else may have in hand. */
async function lookUntil(times: number, look: () => Promise<void>, isFound: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  await look();
  for (let time = 1; time < times && !isFound() && performance.now() < deadline; time += 1) {
    await delay(lookAgainMs);
    await look();
  }
}

const ownTopics: ReadonlySet<string> = new Set(Object.values(topics).map(({ name }) => name));
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
    data: viewOf(message?.data ?? ''),
  };
}

/** Not a copy: most letters are only passed by. */
function viewOf(data: Uint8Array | string): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return Buffer.from(data.buffer, data.byteOffset, data.length);
}

/** As it was published first: the time is what orders ratings, and must not become the time of the replay. */
function attributesForReplay({ attributes }: DeadLetter): Record<string, string> {
  const own = Object.entries(attributes).filter(([name]) => !addedWithRefusal.test(name));
  const published =
    attributes.dead_letter_publish_time ?? attributes.CloudPubSubDeadLetterSourceTopicPublishTime;
  return { ...(published ? { 'ce-time': published } : {}), ...Object.fromEntries(own) };
}
