import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { type Clients, connectClients } from '../testing/clients.ts';
import type { RunningTarget } from '../testing/google-emulator.ts';
import { type PushTarget, type ReceivedPush, startPushTarget } from '../testing/push-target.ts';
import { until } from '../testing/until.ts';

export type SubscriptionFields = google.pubsub.v1.ISubscription;
type ReceivedMessage = google.pubsub.v1.IReceivedMessage;

/** A Pub/Sub that the contract is checked against. */
export interface Target {
  readonly name: string;
  start(): Promise<RunningTarget>;
  /** What this target cannot do, with the reason. */
  readonly lacks: Readonly<Record<string, string>>;
}

export type ContractKit = ReturnType<typeof contractKit>;

/** What every part of the contract needs: the running target, the clients, and short words for common steps. */
export function contractKit(target: Target) {
  let running: RunningTarget;
  let clients: Clients;
  let endpoints: PushTarget[] = [];
  let counter = 0;

  beforeAll(async () => {
    running = await target.start();
    clients = connectClients(running.address);
  });
  afterEach(async () => {
    await Promise.all(endpoints.map(endpoint => endpoint.close()));
    endpoints = [];
  });
  afterAll(async () => {
    await clients.close();
    await running.close();
  });

  const check = (name: string, test: () => Promise<void>) => {
    const reason = target.lacks[name];
    if (reason === undefined) it(name, test);
    else it.skip(`${name} (not here: ${reason})`, test);
  };
  const newName = (kind: 'topics' | 'subscriptions') => {
    counter += 1;
    return `projects/test/${kind}/${kind}-${counter}`;
  };
  const createTopic = async () => {
    const name = newName('topics');
    await clients.publisher.createTopic({ name });
    return name;
  };
  const createSubscription = async (topic: string, options: SubscriptionFields = {}) => {
    const name = newName('subscriptions');
    await clients.subscriber.createSubscription({ name, topic, ...options });
    return name;
  };
  const publish = async (topic: string, text: string, more: google.pubsub.v1.IPubsubMessage = {}) => {
    const [{ messageIds }] = await clients.publisher.publish({
      topic,
      messages: [{ data: Buffer.from(text), ...more }],
    });
    return messageIds?.[0] ?? '';
  };
  /** Pulls until so many messages have come. */
  const pull = async (subscription: string, count = 1) => {
    const received: ReceivedMessage[] = [];
    await until(`${count} messages are pulled from ${subscription}`, async () => {
      const [response] = await clients.subscriber.pull({
        subscription,
        maxMessages: count - received.length,
      });
      received.push(...(response.receivedMessages ?? []));
      return received.length >= count;
    });
    return received;
  };
  const isEmpty = async (subscription: string) => {
    const [response] = await clients.subscriber.pull({
      subscription,
      maxMessages: 10,
      returnImmediately: true,
    });
    return response.receivedMessages?.length === 0;
  };
  const nack = (subscription: string, ackIds: string[]) =>
    clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
  const endpoint = async (statusFor?: (push: ReceivedPush, number: number) => number | undefined) => {
    const pushTarget = await startPushTarget(statusFor);
    endpoints.push(pushTarget);
    return pushTarget;
  };

  return {
    get clients() {
      return clients;
    },
    get address() {
      return running.address;
    },
    check,
    createTopic,
    createSubscription,
    publish,
    pull,
    isEmpty,
    nack,
    endpoint,
  };
}

export function ackIdsOf(received: readonly ReceivedMessage[]): string[] {
  return received.map(({ ackId }) => ackId ?? '');
}

export function textsOf(received: readonly ReceivedMessage[]): string[] {
  return received.map(({ message }) => String(message?.data)).sort();
}
