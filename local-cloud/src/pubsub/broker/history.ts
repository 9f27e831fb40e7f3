import { Fifo } from './fifo.ts';
import type { Message } from './message.ts';

/** Messages that are kept for a while after they were published, for whoever seeks back to them. */
export class History {
  readonly #messages = new Fifo<Message>();

  add(message: Message, keptSince: number): void {
    this.#messages.push(message);
    this.#dropBefore(keptSince);
  }

  /** Those that were published since, oldest first where they were added so. */
  *since(time: number): Generator<Message> {
    for (const message of this.#messages) if (message.publishTime >= time) yield message;
  }

  clear(): void {
    this.#dropBefore(Number.POSITIVE_INFINITY);
  }

  /** What was added out of order may stay a little longer. */
  #dropBefore(time: number): void {
    while (this.#messages.first !== undefined && this.#messages.first.publishTime < time) {
      this.#messages.shift();
    }
  }
}
