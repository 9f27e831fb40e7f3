import type { Clock } from '../clock.ts';
import { alreadyExists, failedPrecondition, notFound } from '../errors.ts';
import { deletedTopic } from '../resource-names.ts';
import type { Message } from './message.ts';
import type { SnapshotSettings } from './settings.ts';

/** What a subscription had not acknowledged at one moment, and all that was published to its topic since. */
export interface Snapshot {
  readonly settings: SnapshotSettings;
  readonly messages: Map<string, Message>;
}

const hour = 60 * 60 * 1000;
const longestLife = 7 * 24 * hour;

/** All snapshots. The expired ones stay until they are told to go, so that a journal can be replayed that used them. */
export class Snapshots {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): readonly Snapshot[] {
    return [...this.#snapshots.values()];
  }

  forgetExpired(): void {
    const now = this.#clock.now();
    for (const { settings } of this.all()) if (settings.expiresAt <= now) this.delete(settings.name);
  }

  namesOfTopic(topic: string): readonly string[] {
    if (this.#snapshots.size === 0) return [];
    return this.all()
      .filter(({ settings }) => settings.topic === topic)
      .map(({ settings }) => settings.name);
  }

  get(name: string): Snapshot {
    const snapshot = this.#snapshots.get(name);
    if (snapshot === undefined) throw notFound('snapshot', name);
    return snapshot;
  }

  /** It lives for a week, less the age of its oldest message. */
  expiry(oldest: Message | undefined): number {
    const now = this.#clock.now();
    const expiresAt = (oldest?.publishTime ?? now) + longestLife;
    if (expiresAt - now >= hour) return expiresAt;
    throw failedPrecondition('The oldest message of the subscription is too old: acknowledge it first.');
  }

  checkNew(name: string): void {
    if (this.#snapshots.has(name)) throw alreadyExists('snapshot', name);
  }

  put(settings: SnapshotSettings, messages: Iterable<Message>): void {
    const byId = new Map(Array.from(messages, message => [message.id, message]));
    this.#snapshots.set(settings.name, { settings, messages: byId });
  }

  keep(message: Message, name: string): void {
    this.#snapshots.get(name)?.messages.set(message.id, message);
  }

  update(settings: SnapshotSettings): void {
    this.put(settings, this.#snapshots.get(settings.name)?.messages.values() ?? []);
  }

  orphan(topic: string): void {
    for (const name of this.namesOfTopic(topic)) {
      this.update({ ...this.get(name).settings, topic: deletedTopic });
    }
  }

  delete(name: string): void {
    this.#snapshots.delete(name);
  }
}
