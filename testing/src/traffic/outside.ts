import { setTimeout as delay } from 'node:timers/promises';
import { deadLetterTopic } from '@banknote-loop/shared/contract';
import { clientOptions, pubSubIn } from '@banknote-loop/shared/pubsub';
import { PubSub, type Subscription, type Topic } from '@google-cloud/pubsub';

/** A message that was found in `dead-letter`. */
export interface DeadLetterMessage {
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
}

const attemptMs = 5_000;
const patienceMs = 60_000;
const pauseMs = 100;

/** The programs around the loop: they publish, and look at what was refused, with the official client and nothing else. */
export class Outside {
  readonly deadLetters: DeadLetterMessage[] = [];
  /** Publishes that had to be tried again. */
  publishesRepeated = 0;
  readonly #client: PubSub;
  readonly #subscription: Subscription;
  readonly #topics = new Map<string, Topic>();

  constructor(environment: Readonly<Record<string, string>>) {
    this.#client = new PubSub(clientOptions(pubSubIn(environment)));
    this.#subscription = this.#client.subscription(deadLetterTopic);
    this.#subscription.on('message', message => {
      this.deadLetters.push({ data: message.data, attributes: message.attributes });
      message.ack();
    });
    // The client gives its stream up when the service is away for long; a program that means it opens another.
    this.#subscription.on('error', () => this.#subscription.open());
  }

  /** Resolves when Pub/Sub has accepted the message, however often that takes. */
  async publish(topic: string, content: unknown, attributes: Record<string, string> = {}): Promise<void> {
    const data = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        await this.#topic(topic).publishMessage({ data, attributes });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        this.publishesRepeated += 1;
        await delay(pauseMs);
      }
    }
  }

  async close(): Promise<void> {
    this.#subscription.removeAllListeners('error').on('error', () => undefined);
    await this.#subscription.close();
    await this.#client.close();
  }

  #topic(name: string): Topic {
    const topic =
      this.#topics.get(name) ??
      this.#client.topic(name, { batching: { maxMilliseconds: 2 }, gaxOpts: { timeout: attemptMs } });
    this.#topics.set(name, topic);
    return topic;
  }
}
