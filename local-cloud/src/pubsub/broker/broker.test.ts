import { FaultInjector } from '../faults.ts';
import { brokerWithSubscription, newMessage, TestConsumer, topicName } from '../testing/broker-kit.ts';

const deadLetterTopic = 'projects/test/topics/dead';
const deadLetterSubscription = 'projects/test/subscriptions/dead';

function consume(
  subscription: { addConsumer(consumer: TestConsumer): void },
  room = Number.POSITIVE_INFINITY,
) {
  const consumer = new TestConsumer();
  consumer.room = room;
  subscription.addConsumer(consumer);
  return consumer;
}
const textsOf = ({ deliveries }: TestConsumer) => deliveries.map(({ message }) => String(message.data));
const ackIdOf = (consumer: TestConsumer, index = 0) => consumer.deliveries[index]?.ackId ?? '';

describe('deliveries', () => {
  it('are given in turn to the consumers that have room', () => {
    const { broker, subscription } = brokerWithSubscription();
    const [first, second] = [consume(subscription, 1), consume(subscription, 2)];
    broker.publish(topicName, ['a', 'b', 'c', 'd'].map(newMessage));
    expect([first.deliveries.length, second.deliveries.length]).toEqual([1, 2]);
    subscription.acknowledge([ackIdOf(first)]);
    expect(textsOf(first).length + textsOf(second).length).toBe(4);
  });

  it('come again at the ack deadline, not before, and a late acknowledgement still counts', () => {
    const { broker, clock, subscription } = brokerWithSubscription({ ackDeadlineMs: 10_000 });
    const consumer = consume(subscription);
    broker.publish(topicName, [newMessage('slow')]);
    clock.advance(9_999);
    expect(consumer.deliveries).toHaveLength(1);
    clock.advance(1);
    expect(consumer.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    subscription.acknowledge([ackIdOf(consumer, 0)]);
    clock.advance(3_600_000);
    expect(consumer.deliveries).toHaveLength(2);
    expect(subscription.stats).toMatchObject({ undelivered: 0, delivered: 2, acked: 1, nacked: 1 });
  });

  it('are extended by their own ack id only', () => {
    const { broker, clock, subscription } = brokerWithSubscription();
    const consumer = consume(subscription);
    broker.publish(topicName, [newMessage('long')]);
    subscription.modifyAckDeadline([ackIdOf(consumer)], 60_000);
    clock.advance(59_999);
    expect(consumer.deliveries).toHaveLength(1);
    clock.advance(1);
    expect(consumer.deliveries).toHaveLength(2);
    subscription.modifyAckDeadline([ackIdOf(consumer, 0)], 0);
    expect(consumer.deliveries).toHaveLength(2);
  });

  it('wait exponentially longer between the bounds of the retry policy', () => {
    const { broker, clock, subscription } = brokerWithSubscription({
      retryPolicy: { minimumBackoffMs: 1000, maximumBackoffMs: 3000 },
    });
    const consumer = consume(subscription);
    broker.publish(topicName, [newMessage('again')]);
    for (const [failures, waitMs] of [1000, 2000, 3000, 3000].entries()) {
      subscription.modifyAckDeadline([ackIdOf(consumer, failures)], 0);
      clock.advance(waitMs - 1);
      expect(consumer.deliveries).toHaveLength(failures + 1);
      clock.advance(1);
      expect(consumer.deliveries).toHaveLength(failures + 2);
    }
  });

  it('end when the message is older than the retention', () => {
    const { broker, clock, subscription } = brokerWithSubscription({ retentionMs: 600_000 });
    broker.publish(topicName, [newMessage('old')]);
    clock.advance(300_000);
    broker.publish(topicName, [newMessage('young')]);
    expect(subscription.stats).toMatchObject({ undelivered: 2, oldestUnackedMs: 300_000 });
    clock.advance(300_000);
    expect(subscription.stats).toMatchObject({ undelivered: 1, oldestUnackedMs: 300_000 });
    expect(textsOf(consume(subscription))).toEqual(['young']);
  });

  it('end with the subscription', () => {
    const { broker, subscription } = brokerWithSubscription();
    const consumer = consume(subscription);
    broker.deleteSubscription(subscription.settings.name);
    expect(consumer.endedBecause).toContain('does not exist');
    broker.publish(topicName, [newMessage('gone')]);
    expect(consumer.deliveries).toHaveLength(0);
  });
});

describe('the dead-letter topic', () => {
  const deadLetterPolicy = { topic: deadLetterTopic, maxDeliveryAttempts: 5 };

  it('gets what has failed too often, by nack or by time', () => {
    const { broker, clock, subscription } = brokerWithSubscription({ deadLetterPolicy });
    broker.createTopic({ name: deadLetterTopic, labels: {} });
    broker.createSubscription({
      ...subscription.settings,
      name: deadLetterSubscription,
      topic: deadLetterTopic,
    });
    const consumer = consume(subscription);
    const deadLetters = consume(broker.subscription(deadLetterSubscription));
    broker.publish(topicName, [newMessage('poison')]);
    subscription.modifyAckDeadline([ackIdOf(consumer)], 0);
    clock.advance(40_000);
    expect(consumer.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(deadLetters.deliveries[0]?.message.attributes).toMatchObject({
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
    });
    expect(subscription.stats).toMatchObject({ undelivered: 0, deadLettered: 1 });
  });

  it('is waited for while it is missing: the message stays', () => {
    const { broker, clock, subscription } = brokerWithSubscription({ deadLetterPolicy });
    const consumer = consume(subscription);
    broker.publish(topicName, [newMessage('poison')]);
    clock.advance(100_000);
    expect(consumer.deliveries.length).toBeGreaterThan(5);
    expect(subscription.stats).toMatchObject({ undelivered: 1, deadLettered: 0 });
  });
});

describe('faults on demand', () => {
  it('deliver a message twice, though it was acknowledged, and count it', () => {
    const faults = new FaultInjector();
    faults.faults.duplicate = 1;
    const { broker, subscription } = brokerWithSubscription({}, { faults });
    const consumer = consume(subscription);
    broker.publish(topicName, [newMessage('twice')]);
    subscription.acknowledge([ackIdOf(consumer, 0)]);
    subscription.acknowledge([ackIdOf(consumer, 1)]);
    expect(textsOf(consumer)).toEqual(['twice', 'twice']);
    expect(subscription.stats.undelivered).toBe(0);
    expect(faults.injected.duplicate).toBe(1);
  });

  it('hold messages back, so that others overtake them', () => {
    const faults = new FaultInjector();
    const { broker, clock, subscription } = brokerWithSubscription({}, { faults });
    const consumer = consume(subscription);
    faults.faults.reorder = 1;
    broker.publish(topicName, [newMessage('first')]);
    faults.faults.reorder = 0;
    broker.publish(topicName, [newMessage('second')]);
    clock.advance(100);
    expect(textsOf(consumer)).toEqual(['second', 'first']);
    faults.faults.delay = { share: 1, maxMs: 5000 };
    broker.publish(topicName, [newMessage('third')]);
    expect(consumer.deliveries).toHaveLength(2);
    clock.advance(5000);
    expect(consumer.deliveries).toHaveLength(3);
    expect(faults.injected).toMatchObject({ reorder: 1, delay: 1 });
  });
});

it('deletes a subscription that nobody has used for as long as it may live without', () => {
  const day = 24 * 3600 * 1000;
  const { clock, broker, subscription } = brokerWithSubscription({ expiresAfterMs: 2 * day });
  clock.advance(1.5 * day);
  const consumer = new TestConsumer();
  subscription.addConsumer(consumer);
  clock.advance(5 * day);
  expect(broker.subscriptions).toHaveLength(1);
  subscription.removeConsumer(consumer);
  clock.advance(1.5 * day);
  expect(broker.subscriptions).toHaveLength(1);
  clock.advance(2 * day);
  expect(broker.subscriptions).toEqual([]);
});
