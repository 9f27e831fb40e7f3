import { type Aged, AgeList } from './age-list.ts';
import type { Consumer, Delivery } from './consumer.ts';
import { DeadlineHeap, notInHeap, type Timed } from './deadline-heap.ts';
import { Fifo } from './fifo.ts';
import type { Message } from './message.ts';
import { OrderedKeys } from './ordered-keys.ts';

interface Lease {
  readonly number: number;
  readonly consumer: Consumer;
  readonly delivery: Delivery;
  /** By the clock of the service. */
  readonly since: number;
}

/** One unacknowledged message of one subscription: ready, waiting for a time, or leased to a consumer until a time. */
export interface Entry extends Timed, Aged<Entry> {
  readonly message: Message;
  failedAttempts: number;
  lease: Lease | undefined;
  ackWasLost: boolean;
  /** Leases with a smaller number were given before the subscription was set back, and no longer count. */
  readonly firstLease: number;
}

/** The unacknowledged messages of one subscription, oldest first, each in the place that says what happens to it next. */
export class Backlog {
  readonly #entries = new Map<string, Entry>();
  readonly #byAge = new AgeList<Entry>();
  readonly #ready = new Fifo<Entry>();
  readonly #timed = new DeadlineHeap<Entry>();
  readonly #keys: OrderedKeys<Entry> | undefined;

  constructor(options: { readonly keepsOrder: boolean }) {
    if (!options.keepsOrder) return;
    this.#keys = new OrderedKeys<Entry>(
      entry => entry.heapIndex !== notInHeap,
      entry => this.#ready.push(entry),
    );
  }

  get size(): number {
    return this.#entries.size;
  }

  get oldest(): Entry | undefined {
    return this.#byAge.oldest;
  }

  get nextDeadline(): number {
    return this.#timed.earliest?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  get(messageId: string): Entry | undefined {
    return this.#entries.get(messageId);
  }

  add(message: Message, failedAttempts: number, firstLease = 0): Entry {
    const entry: Entry = {
      message,
      failedAttempts,
      lease: undefined,
      ackWasLost: false,
      firstLease,
      dueAt: 0,
      heapIndex: notInHeap,
      older: undefined,
      newer: undefined,
    };
    this.#entries.set(message.id, entry);
    this.#byAge.add(entry);
    return entry;
  }

  /** Puts back a message that was here before. */
  restore(message: Message, failedAttempts: number, firstLease = 0): void {
    this.makeReady(this.add(message, failedAttempts, firstLease));
  }

  /** Takes the message out wherever it is. */
  remove(entry: Entry): void {
    this.#entries.delete(entry.message.id);
    this.#byAge.remove(entry);
    this.#timed.remove(entry);
    this.#lineOf(entry)?.leave(entry);
  }

  makeReady(entry: Entry): void {
    this.#timed.remove(entry);
    const line = this.#lineOf(entry);
    if (line === undefined) this.#ready.push(entry);
    else line.join(entry);
  }

  /** Keeps the entry from being handed out until the time. */
  hold(entry: Entry, until: number): void {
    this.schedule(entry, until);
    this.#lineOf(entry)?.join(entry);
  }

  /** Lets the entry come due at the time, whatever time it had before. */
  schedule(entry: Entry, dueAt: number): void {
    this.#timed.remove(entry);
    this.#timed.add(entry, dueAt);
  }

  takeReady(): Entry | undefined {
    for (;;) {
      const entry = this.#ready.shift();
      if (entry === undefined) return undefined;
      // An entry acknowledged late, after it had become ready again, is still in the queue: skip it here, not search there.
      if (this.#entries.get(entry.message.id) !== entry) continue;
      if (this.#lineOf(entry)?.take(entry) ?? true) return entry;
    }
  }

  /** The next message of the same ordering key, if there is one. */
  takeReadyAfter(entry: Entry): Entry | undefined {
    return this.#lineOf(entry)?.takeAfter(entry);
  }

  /** Messages of the same ordering key that were handed out after this one. */
  inHandAfter(entry: Entry): readonly Entry[] {
    return this.#lineOf(entry)?.inHandAfter(entry) ?? [];
  }

  takeDue(now: number): Entry | undefined {
    const entry = this.#timed.earliest;
    if (entry === undefined || entry.dueAt > now) return undefined;
    this.#timed.remove(entry);
    return entry;
  }

  #lineOf({ message }: Entry): OrderedKeys<Entry> | undefined {
    return message.orderingKey === '' ? undefined : this.#keys;
  }
}
