import type { Broker } from '../broker/broker.ts';
import type { Message } from '../broker/message.ts';
import type { SubscriptionSettings, TopicSettings } from '../broker/settings.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { JournalRecord, Place } from './record.ts';

/** Brings a broker that has done nothing yet to the state that the records describe. */
export function replay(records: Iterable<JournalRecord>, broker: Broker): void {
  const topics = new Set<string>();
  const subscriptions = new Map<string, Subscription>();

  const putTopic = (settings: TopicSettings) => {
    if (topics.has(settings.name)) return broker.updateTopic(settings);
    topics.add(settings.name);
    broker.createTopic(settings);
  };
  const putSubscription = (settings: SubscriptionSettings) => {
    if (subscriptions.has(settings.name)) return broker.updateSubscription(settings);
    broker.createSubscription(settings);
    subscriptions.set(settings.name, broker.subscription(settings.name));
  };

  for (const record of records) {
    switch (record.kind) {
      case 'topic':
        putTopic(record.topic);
        break;
      case 'topic-deleted':
        topics.delete(record.name);
        broker.deleteTopic(record.name);
        break;
      case 'subscription':
        putSubscription(record.subscription);
        break;
      case 'subscription-deleted':
        subscriptions.delete(record.name);
        broker.deleteSubscription(record.name);
        break;
      case 'message':
        broker.restore(record.message, record.places);
        break;
      case 'failed':
        restoreFailure(subscriptions.get(record.subscription), record.id, record.attempts);
        break;
      case 'done':
        restoreDone(subscriptions.get(record.subscription), record.id);
        break;
    }
  }
}

function restoreFailure(subscription: Subscription | undefined, id: string, attempts: number): void {
  const entry = subscription?.backlog.get(id);
  if (entry !== undefined) entry.failedAttempts = attempts;
}

function restoreDone(subscription: Subscription | undefined, id: string): void {
  const entry = subscription?.backlog.get(id);
  if (entry !== undefined) subscription?.backlog.remove(entry);
}

/** The fewest records from which replay makes the broker's present state. */
export function* snapshot(broker: Broker): Generator<JournalRecord> {
  for (const { settings } of broker.topics) yield { kind: 'topic', topic: settings };
  const placesOf = new Map<Message, Place[]>();
  for (const { settings, backlog } of broker.subscriptions) {
    yield { kind: 'subscription', subscription: settings };
    for (const { message, failedAttempts } of backlog.entries()) {
      const place = { subscription: settings.name, attempts: failedAttempts };
      const places = placesOf.get(message);
      if (places === undefined) placesOf.set(message, [place]);
      else places.push(place);
    }
  }
  for (const [message, places] of placesOf) yield { kind: 'message', message, places };
}
