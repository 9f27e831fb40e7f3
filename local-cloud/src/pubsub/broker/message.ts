import { idOf, projectOf } from '../resource-names.ts';
import type { SubscriptionSettings } from './settings.ts';

/** What a publisher hands in. */
export interface NewMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** A message as it is kept and delivered. One object is shared by all subscriptions that wait for it. */
export interface Message extends NewMessage {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly publishTime: number;
}

export function sizeOf(message: NewMessage): number {
  let size = message.data.length + message.orderingKey.length;
  for (const [key, value] of Object.entries(message.attributes)) size += key.length + value.length;
  return size;
}

/** Hands out ever larger numbers as message ids. */
export class MessageIds {
  // Ids start from the time, in microseconds, so that a restart does not use one again whose message is long gone.
  #last: number;

  constructor(now: number) {
    this.#last = now * 1000;
  }

  next(): string {
    this.#last += 1;
    return String(this.#last);
  }

  /** Makes later ids larger than this one. */
  skipPast(id: string): void {
    this.#last = Math.max(this.#last, Number(id));
  }
}

/** The message as it is forwarded to the dead-letter topic, with the attributes by which Google says where it came from. */
export function toDeadLetter(message: Message, source: SubscriptionSettings, attempts: number): NewMessage {
  return {
    data: message.data,
    orderingKey: message.orderingKey,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: idOf(source.name),
      CloudPubSubDeadLetterSourceSubscriptionProject: idOf(projectOf(source.name)),
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishTime).toISOString(),
    },
  };
}
