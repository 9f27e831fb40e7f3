import type { Broker } from '../broker/broker.ts';
import type { Message } from '../broker/message.ts';
import type { SubscriptionSettings, TopicSettings } from '../broker/settings.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { JournalRecord } from './record.ts';

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
    if (subscriptions.has(settings.name)) {
      return settings.isDetached
        ? broker.detachSubscription(settings.name)
        : broker.updateSubscription(settings);
    }
    broker.createSubscription(settings);
    subscriptions.set(settings.name, broker.subscription(settings.name));
  };

  for (const record of records) {
    switch (record.kind) {
      case 'schema':
        broker.createSchema(record.schema);
        break;
      case 'schema-deleted':
        broker.deleteSchema(record.name);
        break;
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
        broker.restore(record.message, record.places, record);
        break;
      case 'snapshot':
        if (record.subscription === undefined) broker.updateSnapshot(record.snapshot);
        else broker.restoreSnapshot(record.snapshot, record.subscription);
        break;
      case 'snapshot-deleted':
        broker.deleteSnapshot(record.name);
        break;
      case 'seek':
        broker.seek(record.subscription, record.target);
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
  if (entry === undefined) return;
  subscription?.backlog.remove(entry);
  subscription?.keepAcked(entry.message);
}

/** The fewest records from which replay makes the broker's present state. */
export function* snapshot(broker: Broker): Generator<JournalRecord> {
  for (const { settings } of broker.schemas.all()) yield { kind: 'schema', schema: settings };
  for (const { settings } of broker.topics) yield { kind: 'topic', topic: settings };
  for (const { settings } of broker.subscriptions) yield { kind: 'subscription', subscription: settings };
  for (const { settings } of broker.snapshots) yield { kind: 'snapshot', snapshot: settings };
  const records = [...messageRecords(broker).values()];
  yield* records.sort((a, b) => Number(a.message.id) - Number(b.message.id));
}

type MessageRecord = Extract<JournalRecord, { kind: 'message' }>;

function messageRecords(broker: Broker): Map<Message, MessageRecord> {
  const records = new Map<Message, MessageRecord>();
  const add = (message: Message, more: (record: MessageRecord) => Partial<MessageRecord>) => {
    const record = records.get(message) ?? { kind: 'message', message, places: [] };
    records.set(message, { ...record, ...more(record) });
  };
  for (const { settings, history } of broker.topics) {
    for (const message of history.since(0)) add(message, () => ({ topic: settings.name }));
  }
  for (const { settings, messages } of broker.snapshots) {
    for (const message of messages.values()) {
      add(message, ({ snapshots = [] }) => ({ snapshots: [...snapshots, settings.name] }));
    }
  }
  for (const { settings, backlog, acked } of broker.subscriptions) {
    for (const { message, failedAttempts: attempts } of backlog.entries()) {
      add(message, ({ places }) => ({ places: [...places, { subscription: settings.name, attempts }] }));
    }
    for (const message of acked.since(0)) {
      add(message, record => ({ acked: [...(record.acked ?? []), settings.name] }));
    }
  }
  return records;
}
