import type { Consumer, Delivery } from '../broker/consumer.ts';
import { sizeOf } from '../broker/message.ts';
import type { RpcError } from '../errors.ts';

const largestResponseBytes = 10_000_000;

/** One Pull call: takes what is there, or waits for the first message. */
export class WaitingPull implements Consumer {
  readonly received: Promise<readonly Delivery[]>;
  readonly #maxMessages: number;
  readonly #deliveries: Delivery[] = [];
  #bytes = 0;
  #isOver = false;
  readonly #resolve: (deliveries: readonly Delivery[]) => void;
  readonly #reject: (reason: RpcError) => void;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Delivery[]>();
    this.received = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  hasRoom(): boolean {
    return !this.#isOver && this.#deliveries.length < this.#maxMessages && this.#bytes < largestResponseBytes;
  }

  deliver(delivery: Delivery): void {
    // The rest of the same dispatch comes along.
    if (this.#deliveries.length === 0) queueMicrotask(() => this.finish());
    this.#deliveries.push(delivery);
    this.#bytes += sizeOf(delivery.message);
  }

  released(): void {}

  ended(reason: RpcError): void {
    this.#isOver = true;
    this.#reject(reason);
  }

  /** Answers with what has come so far. */
  finish(): void {
    this.#isOver = true;
    this.#resolve(this.#deliveries);
  }
}
