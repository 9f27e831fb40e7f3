import type { Clock } from '../clock.ts';
import { alreadyExists, failedPrecondition, notFound, type RpcError } from '../errors.ts';
import { FaultInjector } from '../faults.ts';
import {
  type Journal,
  type Keepers,
  noJournal,
  type QueuedMessage,
  type SeekTarget,
} from '../journal/record.ts';
import { deletedSchema, deletedTopic } from '../resource-names.ts';
import { type Message, MessageIds, type NewMessage, toDeadLetter } from './message.ts';
import { type MakePusher, Pushers } from './pushers.ts';
import { Schemas } from './schemas.ts';
import type { SchemaSettings, SnapshotSettings, SubscriptionSettings, TopicSettings } from './settings.ts';
import { type Snapshot, Snapshots } from './snapshots.ts';
import type { SubscriptionStats } from './stats.ts';
import { Subscription, type SubscriptionContext } from './subscription.ts';
import { Topic } from './topic.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly journal?: Journal;
  readonly faults?: FaultInjector;
  /** Makes the consumer that delivers a push subscription's messages to its endpoint. */
  readonly makePusher: MakePusher;
}

/** Topics, subscriptions, and the messages between them. Knows nothing of networks or files. */
export class Broker {
  readonly schemas = new Schemas();
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #snapshots: Snapshots;
  readonly #pushers: Pushers;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #ids: MessageIds;
  readonly #context: SubscriptionContext;

  constructor(options: BrokerOptions) {
    const { clock, makePusher, journal = noJournal, faults = new FaultInjector() } = options;
    this.#clock = clock;
    this.#snapshots = new Snapshots(clock);
    this.#pushers = new Pushers(makePusher);
    this.#journal = journal;
    this.#ids = new MessageIds(clock.now());
    this.#context = {
      clock,
      journal,
      faults,
      deadLetter: this.#deadLetter.bind(this),
      expire: name => this.deleteSubscription(name),
    };
  }

  get topics(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  get snapshots(): readonly Snapshot[] {
    this.#snapshots.forgetExpired();
    return this.#snapshots.all();
  }

  get stats(): readonly SubscriptionStats[] {
    return this.subscriptions.map(subscription => subscription.stats);
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw notFound('topic', name);
    return topic;
  }

  subscription(name: string): Subscription {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined) throw notFound('subscription', name);
    return subscription;
  }

  snapshot(name: string): Snapshot {
    this.#snapshots.forgetExpired();
    return this.#snapshots.get(name);
  }

  createSchema(settings: SchemaSettings): void {
    this.schemas.add(settings);
    this.#journal.append({ kind: 'schema', schema: settings });
  }

  /** Topics whose messages were held to it take none until they are told otherwise. */
  deleteSchema(name: string): void {
    this.schemas.delete(name);
    for (const topic of this.#topics.values()) {
      const { schema } = topic.settings;
      if (schema?.name === name)
        topic.settings = { ...topic.settings, schema: { ...schema, name: deletedSchema } };
    }
    this.#journal.append({ kind: 'schema-deleted', name });
  }

  createTopic(settings: TopicSettings): void {
    if (this.#topics.has(settings.name)) throw alreadyExists('topic', settings.name);
    this.#topics.set(settings.name, new Topic(settings));
    this.#journal.append({ kind: 'topic', topic: settings });
  }

  updateTopic(settings: TopicSettings): void {
    const topic = this.topic(settings.name);
    topic.settings = settings;
    if (settings.retentionMs === undefined) topic.history.clear();
    this.#journal.append({ kind: 'topic', topic: settings });
  }

  /** The subscriptions stay, with what they hold, but get nothing more. */
  deleteTopic(name: string): void {
    this.topic(name);
    for (const subscription of this.#subscriptions.values()) {
      const { settings } = subscription;
      if (settings.topic === name) subscription.settings = { ...settings, topic: deletedTopic };
    }
    this.#snapshots.orphan(name);
    this.#topics.delete(name);
    this.#journal.append({ kind: 'topic-deleted', name });
  }

  createSubscription(settings: SubscriptionSettings): void {
    if (this.#subscriptions.has(settings.name)) throw alreadyExists('subscription', settings.name);
    if (settings.topic !== deletedTopic) this.topic(settings.topic);
    const subscription = this.#addSubscription(settings);
    this.#journal.append({ kind: 'subscription', subscription: settings });
    this.#pushers.connect(subscription);
  }

  updateSubscription(settings: SubscriptionSettings): void {
    const subscription = this.subscription(settings.name);
    const moved = subscription.settings.pushEndpoint !== settings.pushEndpoint;
    subscription.settings = settings;
    if (!settings.retainsAcked) subscription.acked.clear();
    this.#journal.append({ kind: 'subscription', subscription: settings });
    if (moved) this.#pushers.reconnect(subscription);
  }

  deleteSubscription(name: string): void {
    const subscription = this.subscription(name);
    this.#removeSubscription(subscription, notFound('subscription', name));
    this.#journal.append({ kind: 'subscription-deleted', name });
  }

  /** The subscription stays, but lets go of its messages and gets no more. */
  detachSubscription(name: string): void {
    const subscription = this.subscription(name);
    const { settings } = subscription;
    this.#detach(subscription);
    this.updateSubscription({ ...settings, pushEndpoint: '', isDetached: true });
  }

  /** Remembers what the subscription has not acknowledged by now. */
  createSnapshot(
    { name, labels }: Omit<SnapshotSettings, 'topic' | 'expiresAt'>,
    subscriptionName: string,
  ): Snapshot {
    this.#snapshots.forgetExpired();
    this.#snapshots.checkNew(name);
    const { settings, backlog } = this.subscription(subscriptionName);
    const expiresAt = this.#snapshots.expiry(backlog.oldest?.message);
    this.restoreSnapshot({ name, labels, topic: settings.topic, expiresAt }, subscriptionName);
    return this.snapshot(name);
  }

  restoreSnapshot(snapshot: SnapshotSettings, subscriptionName: string | undefined): void {
    const entries =
      subscriptionName === undefined ? [] : this.subscription(subscriptionName).backlog.entries();
    this.#snapshots.put(
      snapshot,
      Array.from(entries, ({ message }) => message),
    );
    this.#journal.append({
      kind: 'snapshot',
      snapshot,
      ...(subscriptionName !== undefined && { subscription: subscriptionName }),
    });
  }

  updateSnapshot(snapshot: SnapshotSettings): void {
    this.#snapshots.update(snapshot);
    this.#journal.append({ kind: 'snapshot', snapshot });
  }

  deleteSnapshot(name: string): void {
    this.#snapshots.get(name);
    this.#snapshots.delete(name);
    this.#journal.append({ kind: 'snapshot-deleted', name });
  }

  /** Makes messages unacknowledged again, or acknowledged, whatever has happened to them so far. */
  seek(name: string, target: SeekTarget): void {
    const subscription = this.subscription(name);
    const kept = this.#keptByTopic(subscription.settings.topic);
    if ('time' in target) {
      subscription.seek(({ publishTime }) => publishTime >= target.time, kept);
    } else {
      const { messages } = this.#snapshots.get(target.snapshot);
      subscription.seek(({ id }) => messages.has(id), [...kept, ...messages.values()]);
    }
    this.#journal.append({ kind: 'seek', subscription: name, target });
  }

  /** Answers the ids of the messages. They are safe once the journal is written. */
  publish(topicName: string, messages: readonly NewMessage[]): readonly string[] {
    const topic = this.topic(topicName);
    const published = this.#heldToSchema(messages, topic).map(message => this.#stamp(message));
    for (const message of published) this.#fanOut(message, topic);
    for (const subscription of topic.subscriptions) subscription.dispatch();
    return published.map(message => message.id);
  }

  /** Puts back a message of an earlier run. */
  restore(
    message: Message,
    places: readonly QueuedMessage[],
    { topic, snapshots = [], acked = [] }: Keepers,
  ): void {
    this.#ids.skipPast(message.id);
    if (topic !== undefined) this.#keep(message, this.#topics.get(topic));
    for (const name of snapshots) this.#snapshots.keep(message, name);
    for (const name of acked) this.#subscriptions.get(name)?.keepAcked(message);
    for (const { subscription, attempts } of places) {
      this.#subscriptions.get(subscription)?.backlog.restore(message, attempts);
    }
  }

  /** Begins to push. Before, the state of an earlier run can be put back without a message leaving too early. */
  startPushing(): void {
    this.#pushers.start(this.#subscriptions.values());
  }

  close(reason: RpcError): void {
    for (const subscription of this.#subscriptions.values()) subscription.close(reason);
  }

  /** With the attributes by which subscribers learn of the schema. */
  #heldToSchema(messages: readonly NewMessage[], { settings }: Topic): readonly NewMessage[] {
    if (settings.schema === undefined) return messages;
    const { name, encoding } = settings.schema;
    if (name === deletedSchema) {
      throw failedPrecondition(
        `The schema of the topic ${settings.name} is deleted. Give it another, or none.`,
      );
    }
    const schema = this.schemas.get(name);
    for (const { data } of messages) schema.check(data, encoding);
    const schemaAttributes = {
      googclient_schemaname: name,
      googclient_schemaencoding: encoding,
      googclient_schemarevisionid: schema.settings.revision,
    };
    return messages.map(message => ({
      ...message,
      attributes: { ...message.attributes, ...schemaAttributes },
    }));
  }

  #stamp(message: NewMessage): Message {
    return { ...message, id: this.#ids.next(), publishTime: this.#clock.now() };
  }

  #fanOut(message: Message, topic: Topic): void {
    const subscriptions = [...topic.subscriptions].filter(subscription => subscription.accepts(message));
    this.#snapshots.forgetExpired();
    const snapshots = this.#snapshots.namesOfTopic(topic.settings.name);
    const keepers: Keepers = {
      ...(topic.settings.retentionMs !== undefined && { topic: topic.settings.name }),
      ...(snapshots.length > 0 && { snapshots }),
    };
    // Otherwise nobody will ever ask for the message.
    if (subscriptions.length === 0 && Object.keys(keepers).length === 0) return;
    const places = subscriptions.map(({ settings }) => ({ subscription: settings.name, attempts: 0 }));
    this.#journal.append({ kind: 'message', message, places, ...keepers });
    this.#keep(message, topic);
    for (const name of snapshots) this.#snapshots.keep(message, name);
    for (const subscription of subscriptions) subscription.enqueue(message);
  }

  #keep(message: Message, topic: Topic | undefined): void {
    const retentionMs = topic?.settings.retentionMs;
    if (retentionMs !== undefined) topic?.history.add(message, this.#clock.now() - retentionMs);
  }

  #keptByTopic(name: string): Iterable<Message> {
    const topic = this.#topics.get(name);
    return topic?.history.since(this.#clock.now() - (topic.settings.retentionMs ?? 0)) ?? [];
  }

  #deadLetter(message: Message, source: SubscriptionSettings, attempts: number): boolean {
    const topic = source.deadLetterPolicy?.topic;
    if (topic === undefined || !this.#topics.has(topic)) return false;
    this.publish(topic, [toDeadLetter(message, source, attempts)]);
    return true;
  }

  #addSubscription(settings: SubscriptionSettings): Subscription {
    const subscription = new Subscription(settings, this.#context);
    this.#subscriptions.set(settings.name, subscription);
    if (!settings.isDetached) this.#topics.get(settings.topic)?.subscriptions.add(subscription);
    return subscription;
  }

  #removeSubscription(subscription: Subscription, reason: RpcError): void {
    subscription.close(reason);
    this.#pushers.forget(subscription);
    this.#subscriptions.delete(subscription.settings.name);
    this.#topics.get(subscription.settings.topic)?.subscriptions.delete(subscription);
  }

  #detach(subscription: Subscription): void {
    const { name, topic } = subscription.settings;
    subscription.endConsumers(failedPrecondition(`The subscription ${name} is detached from its topic.`));
    subscription.clear();
    this.#topics.get(topic)?.subscriptions.delete(subscription);
  }
}
