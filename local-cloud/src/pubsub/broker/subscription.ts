import { Alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';
import type { PubSubError } from '../errors.ts';
import type { FaultInjector } from '../faults.ts';
import type { Journal } from '../journal/record.ts';
import { formatAckId, parseAckId } from './ack-id.ts';
import { Backlog, type Entry } from './backlog.ts';
import type { Consumer, Delivery } from './consumer.ts';
import { ConsumerRing } from './consumer-ring.ts';
import type { Message } from './message.ts';
import { backoffMs, type SubscriptionSettings } from './settings.ts';
import type { SubscriptionStats } from './stats.ts';

export interface SubscriptionContext {
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly journal: Journal;
  /** Publishes to the dead-letter topic; false when there is no such topic. */
  deadLetter(message: Message, source: SubscriptionSettings, attempts: number): boolean;
}

/** One subscription: keeps each message until it is acknowledged, and hands it to consumers until then. */
export class Subscription {
  readonly backlog = new Backlog();
  readonly #context: SubscriptionContext;
  readonly #consumers = new ConsumerRing();
  readonly #alarm: Alarm;
  readonly #totals = { delivered: 0, acked: 0, ackMs: 0, nacked: 0, deadLettered: 0 };
  #settings: SubscriptionSettings;

  constructor(settings: SubscriptionSettings, context: SubscriptionContext) {
    this.#settings = settings;
    this.#context = context;
    this.#alarm = new Alarm(context.clock, () => this.#onAlarm());
  }

  get settings(): SubscriptionSettings {
    return this.#settings;
  }

  set settings(settings: SubscriptionSettings) {
    this.#settings = settings;
    this.#setAlarm();
  }

  get stats(): SubscriptionStats {
    const { oldest, size } = this.backlog;
    const { name, topic } = this.#settings;
    const oldestUnackedMs = oldest === undefined ? 0 : this.#context.clock.now() - oldest.message.publishTime;
    return { name, topic, undelivered: size, oldestUnackedMs, ...this.#totals };
  }

  enqueue(message: Message): void {
    const entry = this.backlog.add(message, 0);
    const holdMs = this.#context.faults.holdMs();
    if (holdMs > 0) this.backlog.schedule(entry, this.#context.clock.now() + holdMs);
    else this.backlog.makeReady(entry);
  }

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.dispatch();
  }

  /** The consumer gets nothing more; what it holds stays its own until the ack deadline. */
  removeConsumer(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Hands out as many ready messages as the consumers have room for. */
  dispatch(): void {
    for (let consumer = this.#consumers.next(); consumer !== undefined; consumer = this.#consumers.next()) {
      const entry = this.backlog.takeReady();
      if (entry === undefined) break;
      if (!this.#dropIfExpired(entry)) this.#lease(entry, consumer);
    }
    this.#setAlarm();
  }

  acknowledge(ackIds: readonly string[]): void {
    for (const ackId of ackIds.map(parseAckId)) {
      const entry = this.backlog.get(ackId.messageId);
      // Any delivery of a message may acknowledge it, however late: its work is done.
      if (entry !== undefined) this.#acknowledge(entry);
    }
    this.dispatch();
  }

  /** Extends the lease to so long from now; 0 gives the message back at once. Leases that have ended are left alone. */
  modifyAckDeadline(ackIds: readonly string[], deadlineMs: number): void {
    for (const { messageId, attempt } of ackIds.map(parseAckId)) {
      const entry = this.backlog.get(messageId);
      if (entry?.lease?.delivery.attempt !== attempt) continue;
      if (deadlineMs === 0) this.#fail(entry);
      else this.backlog.schedule(entry, this.#context.clock.now() + deadlineMs);
    }
    this.dispatch();
  }

  /** Ends all deliveries. */
  close(reason: PubSubError): void {
    this.endConsumers(reason);
    this.#alarm.stop();
  }

  endConsumers(reason: PubSubError): void {
    for (const consumer of this.#consumers.clear()) consumer.ended(reason);
  }

  #lease(entry: Entry, consumer: Consumer): void {
    const attempt = entry.failedAttempts + 1;
    const delivery: Delivery = {
      ackId: formatAckId(entry.message.id, attempt),
      message: entry.message,
      attempt,
    };
    const deadlineMs = consumer.ackDeadlineMs ?? this.#settings.ackDeadlineMs;
    const now = this.#context.clock.now();
    entry.lease = { consumer, delivery, since: now };
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
    if (entry.lease !== undefined && !entry.ackWasLost && this.#context.faults.losesAck()) {
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
    entry.failedAttempts += 1;
    const { name: subscription } = this.#settings;
    const { failedAttempts: attempts } = entry;
    this.#context.journal.append({ kind: 'failed', subscription, id: entry.message.id, attempts });
    if (waitMs > 0) this.backlog.schedule(entry, this.#context.clock.now() + waitMs);
    else this.backlog.makeReady(entry);
  }

  #finish(entry: Entry): void {
    this.#release(entry);
    this.backlog.remove(entry);
    this.#context.journal.append({ kind: 'done', subscription: this.#settings.name, id: entry.message.id });
  }

  #onAlarm(): void {
    const now = this.#context.clock.now();
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

  #setAlarm(): void {
    const { oldest, nextDeadline } = this.backlog;
    if (oldest !== undefined) this.#alarm.setFor(Math.min(nextDeadline, this.#expiryOf(oldest)));
  }
}
