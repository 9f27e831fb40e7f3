import type { Clock } from '../clock.ts';
import { alreadyExists, notFound, type PubSubError } from '../errors.ts';
import { FaultInjector } from '../faults.ts';
import { type Journal, noJournal, type Place } from '../journal/record.ts';
import { deletedTopic } from '../resource-names.ts';
import { type Message, MessageIds, type NewMessage, toDeadLetter } from './message.ts';
import { type MakePusher, Pushers } from './pushers.ts';
import type { SubscriptionSettings, TopicSettings } from './settings.ts';
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
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #pushers: Pushers;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #ids: MessageIds;
  readonly #context: SubscriptionContext;

  constructor(options: BrokerOptions) {
    const { clock, makePusher, journal = noJournal, faults = new FaultInjector() } = options;
    this.#clock = clock;
    this.#pushers = new Pushers(makePusher);
    this.#journal = journal;
    this.#ids = new MessageIds(clock.now());
    this.#context = { clock, journal, faults, deadLetter: this.#deadLetter.bind(this) };
  }

  get topics(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
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

  createTopic(settings: TopicSettings): void {
    if (this.#topics.has(settings.name)) throw alreadyExists('topic', settings.name);
    this.#topics.set(settings.name, new Topic(settings));
    this.#journal.append({ kind: 'topic', topic: settings });
  }

  updateTopic(settings: TopicSettings): void {
    this.topic(settings.name).settings = settings;
    this.#journal.append({ kind: 'topic', topic: settings });
  }

  /** The subscriptions stay, with what they hold, but get nothing more. */
  deleteTopic(name: string): void {
    for (const subscription of this.topic(name).subscriptions) {
      subscription.settings = { ...subscription.settings, topic: deletedTopic };
    }
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
    this.#journal.append({ kind: 'subscription', subscription: settings });
    if (moved) this.#pushers.reconnect(subscription);
  }

  deleteSubscription(name: string): void {
    const subscription = this.subscription(name);
    this.#removeSubscription(subscription, notFound('subscription', name));
    this.#journal.append({ kind: 'subscription-deleted', name });
  }

  /** Answers the ids of the messages. They are safe once the journal is written. */
  publish(topicName: string, messages: readonly NewMessage[]): readonly string[] {
    const topic = this.topic(topicName);
    const published = messages.map(message => this.#stamp(message));
    for (const message of published) this.#fanOut(message, topic);
    for (const subscription of topic.subscriptions) subscription.dispatch();
    return published.map(message => message.id);
  }

  /** Puts back a message of an earlier run. */
  restore(message: Message, places: readonly Place[]): void {
    this.#ids.skipPast(message.id);
    for (const { subscription, attempts } of places) {
      this.#subscriptions.get(subscription)?.backlog.restore(message, attempts);
    }
  }

  /** Begins to push. Before, the state of an earlier run can be put back without a message leaving too early. */
  startPushing(): void {
    this.#pushers.start(this.#subscriptions.values());
  }

  close(reason: PubSubError): void {
    for (const subscription of this.#subscriptions.values()) subscription.close(reason);
  }

  #stamp(message: NewMessage): Message {
    return { ...message, id: this.#ids.next(), publishTime: this.#clock.now() };
  }

  #fanOut(message: Message, { subscriptions }: Topic): void {
    // Without subscriptions nobody will ever ask for the message.
    if (subscriptions.size === 0) return;
    const places = Array.from(subscriptions, ({ settings }) => ({
      subscription: settings.name,
      attempts: 0,
    }));
    this.#journal.append({ kind: 'message', message, places });
    for (const subscription of subscriptions) subscription.enqueue(message);
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
    this.#topics.get(settings.topic)?.subscriptions.add(subscription);
    return subscription;
  }

  #removeSubscription(subscription: Subscription, reason: PubSubError): void {
    subscription.close(reason);
    this.#pushers.forget(subscription);
    this.#subscriptions.delete(subscription.settings.name);
    this.#topics.get(subscription.settings.topic)?.subscriptions.delete(subscription);
  }
}
