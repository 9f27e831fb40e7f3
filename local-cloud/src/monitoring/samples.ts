import type { SubscriptionStats } from '../pubsub/broker/stats.ts';

/** What happened to one subscription between two looks. */
export interface SubscriptionInterval {
  readonly subscription: string;
  readonly from: Date;
  readonly to: Date;
  readonly waiting: number;
  readonly oldestSeconds: number;
  readonly done: number;
  /** The sum over the messages done. */
  readonly ackMs: number;
}

/** Looks at running totals now and again, and keeps what changed since the look before. */
export class Sampler {
  readonly #read: () => readonly SubscriptionStats[];
  readonly #timer: NodeJS.Timeout;
  #before = new Map<string, SubscriptionStats>();
  #lookedAt = new Date();
  #changes: readonly SubscriptionInterval[] = [];

  constructor(read: () => readonly SubscriptionStats[], everyMs: number) {
    this.#read = read;
    this.#look();
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  /** Levels as they are at this moment, changes as they were between the two latest looks. */
  newest(): readonly SubscriptionInterval[] {
    const now = new Map(this.#read().map(stats => [stats.name, stats]));
    return this.#changes.map(sample => {
      const { undelivered = 0, oldestUnackedMs = 0 } = now.get(sample.subscription) ?? {};
      return { ...sample, waiting: undelivered, oldestSeconds: Math.round(oldestUnackedMs / 1000) };
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const from = this.#lookedAt;
    const to = new Date();
    const stats = this.#read();
    this.#changes = stats.map(({ name, undelivered, oldestUnackedMs, acked, ackMs }) => {
      const before = this.#before.get(name);
      return {
        subscription: name,
        from,
        to,
        waiting: undelivered,
        oldestSeconds: Math.round(oldestUnackedMs / 1000),
        done: acked - (before?.acked ?? 0),
        ackMs: ackMs - (before?.ackMs ?? 0),
      };
    });
    this.#before = new Map(stats.map(one => [one.name, one]));
    this.#lookedAt = to;
  }
}
