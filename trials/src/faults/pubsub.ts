import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';

export type DeliveryFaults = PubSub['faults'];

/** A Pub/Sub that can be stopped and started again on its folder and its port; counts and faults outlive that. */
export class RestartablePubSub {
  readonly #folder: string;
  readonly #earlier = { delivered: 0, acked: 0, injected: {} as Record<string, number> };
  #faults: Partial<DeliveryFaults> = {};
  #now: PubSub;

  private constructor(folder: string, first: PubSub) {
    this.#folder = folder;
    this.#now = first;
  }

  static async start(folder: string): Promise<RestartablePubSub> {
    return new RestartablePubSub(folder, await startPubSub({ dataFolder: folder }));
  }

  get address(): string {
    return this.#now.address;
  }

  get undelivered(): number {
    return this.#now.stats().reduce((sum, { undelivered }) => sum + undelivered, 0);
  }

  /** Deliveries that were not the last of their message. */
  get redeliveries(): number {
    const { delivered, acked } = this.#totals();
    return delivered - acked - this.undelivered;
  }

  get injected(): Readonly<Record<string, number>> {
    return sum(this.#earlier.injected, this.#now.injected);
  }

  setFaults(faults: Partial<DeliveryFaults>): void {
    this.#faults = { ...this.#faults, ...faults };
    Object.assign(this.#now.faults, this.#faults);
  }

  async restart(): Promise<void> {
    const { port } = this.#now;
    await this.#now.close();
    Object.assign(this.#earlier, this.#totals(), { injected: this.injected });
    this.#now = await startPubSub({ dataFolder: this.#folder, port });
    this.setFaults({});
  }

  async close(): Promise<void> {
    await this.#now.close();
  }

  #totals(): { readonly delivered: number; readonly acked: number } {
    const stats = this.#now.stats();
    return {
      delivered: stats.reduce((total, { delivered }) => total + delivered, this.#earlier.delivered),
      acked: stats.reduce((total, { acked }) => total + acked, this.#earlier.acked),
    };
  }
}

function sum(
  some: Readonly<Record<string, number>>,
  others: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = new Set([...Object.keys(some), ...Object.keys(others)]);
  return Object.fromEntries([...names].map(name => [name, (some[name] ?? 0) + (others[name] ?? 0)]));
}
