import type { Consumer } from './consumer.ts';

/** The consumers of one subscription, who take turns. */
export class ConsumerRing {
  #consumers: Consumer[] = [];
  #turn = 0;

  get isEmpty(): boolean {
    return this.#consumers.length === 0;
  }

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    this.#consumers = this.#consumers.filter(other => other !== consumer);
  }

  clear(): readonly Consumer[] {
    const consumers = this.#consumers;
    this.#consumers = [];
    return consumers;
  }

  /** The next consumer in turn that has room. */
  next(): Consumer | undefined {
    for (let step = 1; step <= this.#consumers.length; step += 1) {
      const index = (this.#turn + step) % this.#consumers.length;
      const consumer = this.#consumers[index];
      if (consumer?.hasRoom()) {
        this.#turn = index;
        return consumer;
      }
    }
    return undefined;
  }
}
