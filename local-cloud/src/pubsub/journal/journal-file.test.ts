import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  brokerWithSubscription,
  newBroker,
  newMessage,
  subscriptionName,
  TestConsumer,
  topicName,
} from '../testing/broker-kit.ts';
import { JournalFile } from './journal-file.ts';
import { replay, snapshot } from './replay.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'journal.jsonl');

/** A broker with one subscription that writes to a fresh journal. */
function start(compactAboveBytes?: number) {
  const journal = new JournalFile(folder, compactAboveBytes);
  journal.compactFrom(() => []);
  const kit = brokerWithSubscription({}, { journal });
  journal.compactFrom(() => snapshot(kit.broker));
  const consumer = new TestConsumer();
  return { ...kit, journal, consumer };
}

function restart() {
  const journal = new JournalFile(folder);
  const { broker } = newBroker({ journal });
  replay(journal.read(), broker);
  journal.compactFrom(() => snapshot(broker));
  journal.close();
  const consumer = new TestConsumer();
  broker.subscription(subscriptionName).addConsumer(consumer);
  return { broker, texts: consumer.deliveries.map(({ message }) => String(message.data)), consumer };
}

it("is nobody else's to read", () => {
  start().journal.close();
  if (process.platform !== 'win32') expect(statSync(path()).mode & 0o077).toBe(0);
});

it('brings back topics, subscriptions, messages and failed attempts, and nothing that was acknowledged', async () => {
  const { broker, subscription, journal, consumer } = start();
  broker.publish(topicName, ['acked', 'nacked', 'leased'].map(newMessage));
  subscription.addConsumer(consumer);
  const [acked, nacked] = consumer.deliveries.map(({ ackId }) => ackId);
  subscription.removeConsumer(consumer);
  subscription.acknowledge([acked ?? '']);
  subscription.modifyAckDeadline([nacked ?? ''], 0);
  await journal.written();
  // No close: the process is gone from one moment to the next.
  const { texts, consumer: later } = restart();
  expect(texts.sort()).toEqual(['leased', 'nacked']);
  expect(later.deliveries.find(({ message }) => String(message.data) === 'nacked')?.attempt).toBe(2);
  expect(restart().texts.sort()).toEqual(['leased', 'nacked']);
});

it('forgets what was deleted and keeps what a deleted topic left behind', async () => {
  const { broker, journal } = start();
  broker.createTopic({ name: 'projects/test/topics/other', labels: {} });
  broker.createSubscription({
    ...broker.subscription(subscriptionName).settings,
    name: 'projects/test/subscriptions/other',
  });
  broker.publish(topicName, [newMessage('left')]);
  broker.deleteSubscription('projects/test/subscriptions/other');
  broker.deleteTopic(topicName);
  await journal.written();
  for (const { broker: later, texts } of [restart(), restart()]) {
    expect(later.topics.map(({ settings }) => settings.name)).toEqual(['projects/test/topics/other']);
    expect(later.subscriptions).toHaveLength(1);
    expect(texts).toEqual(['left']);
  }
});

it('leaves out a last line that was cut off', async () => {
  const { broker, journal } = start();
  broker.publish(topicName, [newMessage('whole')]);
  await journal.written();
  appendFileSync(path(), '{"kind":"message","mess');
  expect(restart().texts).toEqual(['whole']);
  expect(readFileSync(path(), 'utf8').endsWith('\n')).toBe(true);
});

it('names the line that it cannot read', async () => {
  start().journal.close();
  appendFileSync(path(), 'nonsense\n');
  expect(() => restart()).toThrow(/Line 3 of .*journal\.jsonl is not a journal record/);
});

it('stays small while messages come and go', async () => {
  const { broker, subscription, journal, consumer } = start(10_000);
  subscription.addConsumer(consumer);
  for (let round = 0; round < 50; round += 1) {
    broker.publish(
      topicName,
      Array.from({ length: 20 }, () => newMessage('passing')),
    );
    subscription.acknowledge(consumer.deliveries.splice(0).map(({ ackId }) => ackId));
    await journal.written();
  }
  expect(statSync(path()).size).toBeLessThan(25_000);
  expect(restart().texts).toEqual([]);
});

it('writes what one turn of the event loop appends at once, before it says so', async () => {
  const { broker, journal } = start();
  const before = statSync(path()).size;
  for (let number = 0; number < 100; number += 1) broker.publish(topicName, [newMessage(`m${number}`)]);
  expect(statSync(path()).size).toBe(before);
  await journal.written();
  expect(statSync(path()).size).toBeGreaterThan(before);
});
