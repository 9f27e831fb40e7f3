import type { RpcError } from '../errors.ts';
import type { Message } from './message.ts';

/** A message on its way to one consumer. */
export interface Delivery {
  readonly ackId: string;
  readonly message: Message;
  /** 1 for the first delivery; counts those that were nacked or ran out of time. */
  readonly attempt: number;
}

/** Whoever takes messages from a subscription: a stream, a waiting pull, the pusher. */
export interface Consumer {
  hasRoom(): boolean;
  /** How long a message given to this consumer is its own; the subscription's ack deadline unless it says so. */
  readonly ackDeadlineMs?: number | undefined;
  /** Takes the messages of an ordering key one by one, not several at once. */
  readonly oneOfAKey?: boolean;
  /** Must not settle the delivery before it returns. */
  deliver(delivery: Delivery): void;
  /** The delivery is settled (acknowledged, refused, or out of time): it no longer takes up room. */
  released(delivery: Delivery): void;
  /** No more deliveries will come, for instance because the subscription was deleted. */
  ended(reason: RpcError): void;
}
