import { type Aged, AgeList } from './age-list.ts';
import type { Consumer, Delivery } from './consumer.ts';
import { DeadlineHeap, notInHeap, type Timed } from './deadline-heap.ts';
import { Fifo } from './fifo.ts';
import type { Message } from './message.ts';

interface Lease {
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
}

/** The unacknowledged messages of one subscription, oldest first, each in the place that says what happens to it next. */
export class Backlog {
  readonly #entries = new Map<string, Entry>();
  readonly #byAge = new AgeList<Entry>();
  readonly #ready = new Fifo<Entry>();
  readonly #timed = new DeadlineHeap<Entry>();

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

  add(message: Message, failedAttempts: number): Entry {
    const entry: Entry = {
      message,
      failedAttempts,
      lease: undefined,
      ackWasLost: false,
      dueAt: 0,
      heapIndex: notInHeap,
      older: undefined,
      newer: undefined,
    };
    this.#entries.set(message.id, entry);
    this.#byAge.add(entry);
    return entry;
  }

  /** Puts back a message that was here before a restart. */
  restore(message: Message, failedAttempts: number): void {
    this.makeReady(this.add(message, failedAttempts));
  }

  /** Takes the message out wherever it is. */
  remove(entry: Entry): void {
    this.#entries.delete(entry.message.id);
    this.#byAge.remove(entry);
    this.#timed.remove(entry);
  }

  makeReady(entry: Entry): void {
    this.#timed.remove(entry);
    this.#ready.push(entry);
  }

  /** Lets the entry come due at the time, whatever time it had before. */
  schedule(entry: Entry, dueAt: number): void {
    this.#timed.remove(entry);
    this.#timed.add(entry, dueAt);
  }

  takeReady(): Entry | undefined {
    for (;;) {
      const entry = this.#ready.shift();
      // An entry acknowledged late, after it had become ready again, is still in the queue: skip it here, not search there.
      if (entry === undefined || this.#entries.get(entry.message.id) === entry) return entry;
    }
  }

  takeDue(now: number): Entry | undefined {
    const entry = this.#timed.earliest;
    if (entry === undefined || entry.dueAt > now) return undefined;
    this.#timed.remove(entry);
    return entry;
  }
}
