import { Alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';
import type { RpcError } from '../errors.ts';
import type { FaultInjector } from '../faults.ts';
import type { Journal } from '../journal/record.ts';
import { formatAckId, parseAckId } from './ack-id.ts';
import { Backlog, type Entry } from './backlog.ts';
import type { Consumer, Delivery } from './consumer.ts';
import { ConsumerRing } from './consumer-ring.ts';
import { type Filter, parseFilter } from './filter.ts';
import { History } from './history.ts';
import type { Message } from './message.ts';
import { backoffMs, type SubscriptionSettings } from './settings.ts';
import type { SubscriptionStats } from './stats.ts';

export interface SubscriptionContext {
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly journal: Journal;
  /** Publishes to the dead-letter topic; false when there is no such topic. */
  deadLetter(message: Message, source: SubscriptionSettings, attempts: number): boolean;
  /** Deletes a subscription that nobody has used for as long as it may live without. */
  expire(name: string): void;
}

/** One subscription: keeps each message until it is acknowledged, and hands it to consumers until then. */
export class Subscription {
  readonly backlog: Backlog;
  /** What was acknowledged, if the subscription keeps it. */
  readonly acked = new History();
  readonly #context: SubscriptionContext;
  readonly #consumers = new ConsumerRing();
  readonly #alarm: Alarm;
  readonly #filter: Filter;
  readonly #totals = { delivered: 0, acked: 0, ackMs: 0, nacked: 0, deadLettered: 0 };
  #settings: SubscriptionSettings;
  // Leases are counted from the time, so that those of an earlier process are told apart.
  #lastLease: number;
  // In this process: a restart counts as use.
  #usedAt: number;

  constructor(settings: SubscriptionSettings, context: SubscriptionContext) {
    this.#settings = settings;
    this.#context = context;
    this.backlog = new Backlog({ keepsOrder: settings.keepsOrder === true });
    this.#filter = settings.filter === undefined ? () => true : parseFilter(settings.filter);
    this.#usedAt = context.clock.now();
    this.#lastLease = this.#usedAt * 1000;
    this.#alarm = new Alarm(context.clock, () => this.#onAlarm());
    this.#setAlarm();
  }

  get settings(): SubscriptionSettings {
    return this.#settings;
  }

  set settings(settings: SubscriptionSettings) {
    this.#settings = settings;
    this.#usedAt = this.#context.clock.now();
    this.#setAlarm();
  }

  get stats(): SubscriptionStats {
    const { oldest, size } = this.backlog;
    const { name, topic } = this.#settings;
    const oldestUnackedMs = oldest === undefined ? 0 : this.#context.clock.now() - oldest.message.publishTime;
    return { name, topic, undelivered: size, oldestUnackedMs, ...this.#totals };
  }

  accepts({ attributes }: Message): boolean {
    return this.#filter(attributes);
  }

  enqueue(message: Message): void {
    const entry = this.backlog.add(message, 0);
    const holdMs = this.#context.faults.holdMs();
    if (holdMs > 0) this.backlog.hold(entry, this.#context.clock.now() + holdMs);
    else this.backlog.makeReady(entry);
  }

  addConsumer(consumer: Consumer): void {
    this.#usedAt = this.#context.clock.now();
    this.#consumers.add(consumer);
    this.dispatch();
  }

  /** The consumer gets nothing more; what it holds stays its own until the ack deadline. */
  removeConsumer(consumer: Consumer): void {
    this.#usedAt = this.#context.clock.now();
    this.#consumers.remove(consumer);
  }

  /** Hands out as many ready messages as the consumers have room for. */
  dispatch(): void {
    for (let consumer = this.#consumers.next(); consumer !== undefined; consumer = this.#consumers.next()) {
      const entry = this.backlog.takeReady();
      if (entry === undefined) break;
      if (!this.#dropIfExpired(entry)) this.#leaseInOrder(entry, consumer);
    }
    this.#setAlarm();
  }

  /** Answers the ids that acknowledged nothing, which only exactly-once delivery knows. */
  acknowledge(ackIds: readonly string[]): readonly string[] {
    const refused = ackIds.filter(ackId => {
      const { messageId, lease } = parseAckId(ackId);
      const entry = this.backlog.get(messageId);
      if (this.#settings.exactlyOnce && entry?.lease?.number !== lease) return true;
      // Any delivery of a message may acknowledge it, however late: its work is done.
      if (entry !== undefined && lease >= entry.firstLease) this.#acknowledge(entry);
      return false;
    });
    this.dispatch();
    return refused;
  }

  /**
   * Extends the lease to so long from now; 0 gives the message back at once. Leases that have ended are left alone; the
   * answer names them where delivery is exactly once.
   */
  modifyAckDeadline(ackIds: readonly string[], deadlineMs: number): readonly string[] {
    const ended = ackIds.filter(ackId => {
      const { messageId, lease } = parseAckId(ackId);
      const entry = this.backlog.get(messageId);
      if (entry?.lease?.number !== lease) return true;
      if (deadlineMs === 0) this.#fail(entry);
      else this.backlog.schedule(entry, this.#context.clock.now() + deadlineMs);
      return false;
    });
    this.dispatch();
    return this.#settings.exactlyOnce ? ended : [];
  }

  /** Makes those messages unacknowledged that are wanted, and all others acknowledged; leases that were given end. */
  seek(isWanted: (message: Message) => boolean, fromElsewhere: Iterable<Message>): void {
    const known = new Map<string, Message>();
    for (const message of this.acked.since(this.#keptSince)) known.set(message.id, message);
    for (const message of fromElsewhere) if (this.accepts(message)) known.set(message.id, message);
    for (const { message } of this.backlog.entries()) known.set(message.id, message);
    this.clear();
    const oldestFirst = [...known.values()].sort((a, b) => Number(a.id) - Number(b.id));
    for (const message of oldestFirst) {
      if (isWanted(message)) this.backlog.restore(message, 0, this.#lastLease + 1);
      else this.keepAcked(message);
    }
    this.dispatch();
  }

  /** Lets go of all messages. */
  clear(): void {
    for (const entry of [...this.backlog.entries()]) {
      this.backlog.remove(entry);
      this.#release(entry);
    }
    this.acked.clear();
  }

  keepAcked(message: Message): void {
    if (this.#settings.retainsAcked) this.acked.add(message, this.#keptSince);
  }

  /** Ends all deliveries. */
  close(reason: RpcError): void {
    this.endConsumers(reason);
    this.#alarm.stop();
  }

  endConsumers(reason: RpcError): void {
    for (const consumer of this.#consumers.clear()) consumer.ended(reason);
  }

  get #keptSince(): number {
    return this.#context.clock.now() - this.#settings.retentionMs;
  }

  /** Messages of the same ordering key go along, as many as there is room for. */
  #leaseInOrder(first: Entry, consumer: Consumer): void {
    let entry: Entry | undefined = first;
    while (entry !== undefined) {
      this.#lease(entry, consumer);
      entry = consumer.oneOfAKey || !consumer.hasRoom() ? undefined : this.backlog.takeReadyAfter(entry);
    }
  }

  #lease(entry: Entry, consumer: Consumer): void {
    this.#lastLease += 1;
    const delivery: Delivery = {
      ackId: formatAckId(entry.message.id, this.#lastLease),
      message: entry.message,
      attempt: entry.failedAttempts + 1,
    };
    const deadlineMs = consumer.ackDeadlineMs ?? this.#settings.ackDeadlineMs;
    const now = this.#context.clock.now();
    entry.lease = { number: this.#lastLease, consumer, delivery, since: now };
    this.backlog.schedule(entry, now + deadlineMs);
    this.#totals.delivered += 1;
    consumer.deliver(delivery);
  }

  #release(entry: Entry): void {
    const { lease } = entry;
    entry.lease = undefined;
    lease?.consumer.released(lease.delivery);
  }

  #acknowledge(entry: Entry): void {
    const mayBeLost = entry.lease !== undefined && !entry.ackWasLost && !this.#settings.exactlyOnce;
    if (mayBeLost && this.#context.faults.losesAck()) {
      entry.ackWasLost = true;
      this.#release(entry);
      this.#retry(entry, 0);
      return;
    }
    const now = this.#context.clock.now();
    this.#totals.acked += 1;
    this.#totals.ackMs += now - (entry.lease?.since ?? now);
    this.#finish(entry);
  }

  #fail(entry: Entry): void {
    this.#release(entry);
    this.#totals.nacked += 1;
    const attempt = entry.failedAttempts + 1;
    const policy = this.#settings.deadLetterPolicy;
    const exhausted = policy !== undefined && attempt >= policy.maxDeliveryAttempts;
    if (exhausted && this.#context.deadLetter(entry.message, this.#settings, attempt)) {
      this.#totals.deadLettered += 1;
      this.#finish(entry);
    } else {
      this.#retry(entry, backoffMs(this.#settings, attempt));
    }
  }

  #retry(entry: Entry, waitMs: number): void {
    // What follows in the order must come after it again.
    for (const later of this.backlog.inHandAfter(entry)) {
      this.#release(later);
      this.backlog.makeReady(later);
    }
    entry.failedAttempts += 1;
    const { name: subscription } = this.#settings;
    const { failedAttempts: attempts } = entry;
    this.#context.journal.append({ kind: 'failed', subscription, id: entry.message.id, attempts });
    if (waitMs > 0) this.backlog.hold(entry, this.#context.clock.now() + waitMs);
    else this.backlog.makeReady(entry);
  }

  #finish(entry: Entry): void {
    this.#release(entry);
    this.backlog.remove(entry);
    this.keepAcked(entry.message);
    this.#context.journal.append({ kind: 'done', subscription: this.#settings.name, id: entry.message.id });
  }

  #onAlarm(): void {
    const now = this.#context.clock.now();
    if (!this.#consumers.isEmpty) this.#usedAt = now;
    if (this.#unusedUntil <= now) {
      this.#context.expire(this.#settings.name);
      return;
    }
    for (let entry = this.backlog.takeDue(now); entry !== undefined; entry = this.backlog.takeDue(now)) {
      if (entry.lease !== undefined) this.#fail(entry);
      else this.backlog.makeReady(entry);
    }
    while (this.backlog.oldest !== undefined && this.#dropIfExpired(this.backlog.oldest));
    this.dispatch();
  }

  #dropIfExpired(entry: Entry): boolean {
    if (this.#expiryOf(entry) > this.#context.clock.now()) return false;
    this.#finish(entry);
    return true;
  }

  #expiryOf(entry: Entry): number {
    return entry.message.publishTime + this.#settings.retentionMs;
  }

  /** When it has gone unused for too long. */
  get #unusedUntil(): number {
    return this.#usedAt + (this.#settings.expiresAfterMs ?? Number.POSITIVE_INFINITY);
  }

  #setAlarm(): void {
    const { oldest, nextDeadline } = this.backlog;
    if (this.#unusedUntil < Number.POSITIVE_INFINITY) this.#alarm.setFor(this.#unusedUntil);
    if (oldest !== undefined) this.#alarm.setFor(Math.min(nextDeadline, this.#expiryOf(oldest)));
  }
}
