import { Broker, type BrokerOptions } from '../broker/broker.ts';
import type { Consumer, Delivery } from '../broker/consumer.ts';
import type { SubscriptionSettings } from '../broker/settings.ts';
import { FakeClock } from './fake-clock.ts';

export const topicName = 'projects/test/topics/notes';
export const subscriptionName = 'projects/test/subscriptions/notes';

export const subscriptionSettings: SubscriptionSettings = {
  name: subscriptionName,
  topic: topicName,
  labels: {},
  ackDeadlineMs: 10_000,
  retentionMs: 7 * 24 * 3600 * 1000,
  pushEndpoint: '',
};

/** A consumer with as much room as the test gives it, which keeps what it gets. */
export class TestConsumer implements Consumer {
  room = Number.POSITIVE_INFINITY;
  readonly deliveries: Delivery[] = [];
  endedBecause: string | undefined;

  hasRoom(): boolean {
    return this.room > 0;
  }

  deliver(delivery: Delivery): void {
    this.room -= 1;
    this.deliveries.push(delivery);
  }

  released(): void {
    this.room += 1;
  }

  ended(reason: Error): void {
    this.endedBecause = reason.message;
  }
}

export function newBroker(options: Partial<BrokerOptions> = {}) {
  const clock = new FakeClock();
  const broker = new Broker({ clock, makePusher: () => new TestConsumer(), ...options });
  return { clock, broker };
}

/** A broker with one topic and one subscription. */
export function brokerWithSubscription(
  settings: Partial<SubscriptionSettings> = {},
  options: Partial<BrokerOptions> = {},
) {
  const { clock, broker } = newBroker(options);
  broker.createTopic({ name: topicName, labels: {} });
  broker.createSubscription({ ...subscriptionSettings, ...settings });
  return { clock, broker, subscription: broker.subscription(subscriptionName) };
}

export function newMessage(text: string) {
  return { data: Buffer.from(text), attributes: {}, orderingKey: '' };
}
