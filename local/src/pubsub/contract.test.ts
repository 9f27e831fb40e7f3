import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { status } from '@grpc/grpc-js';
import { startPubSub } from './server.ts';
import { type Clients, connectClients } from './testing/clients.ts';
import { findGoogleEmulator, type RunningTarget, startGoogleEmulator } from './testing/google-emulator.ts';
import { type PushTarget, type ReceivedPush, startPushTarget } from './testing/push-target.ts';
import { until } from './testing/until.ts';

type Subscription = google.pubsub.v1.ISubscription;

interface Target {
  readonly name: string;
  start(): Promise<RunningTarget>;
  /** What this target cannot do, with the reason. */
  readonly lacks: Readonly<Record<string, string>>;
}

const launcher = findGoogleEmulator();
const targets: Target[] = [{ name: 'our Pub/Sub', start: () => startPubSub(), lacks: {} }];
if (launcher === undefined) {
  it.skip("Google's Pub/Sub emulator, because gcloud with its pubsub-emulator component is not installed", () => {});
} else {
  targets.push({
    name: "Google's Pub/Sub emulator",
    start: () => startGoogleEmulator(launcher),
    lacks: {
      'refuses the options that it does not honour': 'it takes them',
      'answers UNIMPLEMENTED for what it does not offer': 'it offers snapshots and schemas',
      'keeps to the limits on messages': 'it takes more',
      'refuses a request of more than 10 MB': 'it takes more',
      'keeps within the flow control of the subscriber': 'it sends more than the subscriber allows',
      'refuses to be pulled from while it pushes': 'it lets a pull wait',
      'waits for the back-off of the retry policy': 'it delivers again at once',
      'pushes CloudEvents as Eventarc does': 'it pushes in the plain form only',
      'pushes the ordering key': 'its pushes leave it out',
      'tells the attempt and gives up into the dead-letter topic': 'it does not dead-letter',
      'backs off from a failing push endpoint, then dead-letters': 'it does not dead-letter',
    },
  });
}

describe.each(targets)('$name', ({ start, lacks }) => {
  let target: RunningTarget;
  let clients: Clients;
  let endpoints: PushTarget[] = [];
  let counter = 0;

  beforeAll(async () => {
    target = await start();
    clients = connectClients(target.address);
  });
  afterEach(async () => {
    await Promise.all(endpoints.map(endpoint => endpoint.close()));
    endpoints = [];
  });
  afterAll(async () => {
    await clients.close();
    await target.close();
  });

  const check = (name: string, test: () => Promise<void>) => {
    const reason = lacks[name];
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
  const createSubscription = async (topic: string, options: Subscription = {}) => {
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
    const received: google.pubsub.v1.IReceivedMessage[] = [];
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
  const ackIdsOf = (received: readonly google.pubsub.v1.IReceivedMessage[]) =>
    received.map(({ ackId }) => ackId ?? '');
  const textsOf = (received: readonly google.pubsub.v1.IReceivedMessage[]) =>
    received.map(({ message }) => String(message?.data)).sort();
  const nack = (subscription: string, ackIds: string[]) =>
    clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
  const endpoint = async (statusFor?: (push: ReceivedPush, number: number) => number | undefined) => {
    const pushTarget = await startPushTarget(statusFor);
    endpoints.push(pushTarget);
    return pushTarget;
  };

  describe('topics and subscriptions', () => {
    check('are created, got, listed and deleted', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic, {
        ackDeadlineSeconds: 20,
        labels: { team: 'notes' },
      });

      const [gotTopic] = await clients.publisher.getTopic({ topic });
      const [got] = await clients.subscriber.getSubscription({ subscription });
      expect(gotTopic.name).toBe(topic);
      expect(got).toMatchObject({
        name: subscription,
        topic,
        ackDeadlineSeconds: 20,
        labels: { team: 'notes' },
      });
      expect(Number(got.messageRetentionDuration?.seconds)).toBe(7 * 24 * 3600);

      const [topics] = await clients.publisher.listTopics({ project: 'projects/test' });
      const [subscriptions] = await clients.subscriber.listSubscriptions({ project: 'projects/test' });
      const [ofTopic] = await clients.publisher.listTopicSubscriptions({ topic });
      expect(topics.map(({ name }) => name)).toContain(topic);
      expect(subscriptions.map(({ name }) => name)).toContain(subscription);
      expect(ofTopic).toEqual([subscription]);

      await clients.publisher.deleteTopic({ topic });
      const [orphan] = await clients.subscriber.getSubscription({ subscription });
      expect(orphan.topic).toBe('_deleted-topic_');
      await clients.subscriber.deleteSubscription({ subscription });
      await expect(clients.subscriber.getSubscription({ subscription })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    });

    check('are updated field by field', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      await clients.subscriber.updateSubscription({
        subscription: {
          name,
          ackDeadlineSeconds: 30,
          retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 5 } },
        },
        updateMask: { paths: ['ack_deadline_seconds', 'retry_policy'] },
      });
      const [updated] = await clients.subscriber.getSubscription({ subscription: name });
      expect(updated).toMatchObject({ topic, ackDeadlineSeconds: 30 });
      expect(Number(updated.retryPolicy?.maximumBackoff?.seconds)).toBe(5);
    });

    check('refuse what does not exist, exists already, or is malformed', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      const nowhere = 'projects/test/topics/nowhere';
      const refusals: [number, () => Promise<unknown>][] = [
        [status.NOT_FOUND, () => clients.publisher.getTopic({ topic: nowhere })],
        [status.NOT_FOUND, () => clients.publisher.deleteTopic({ topic: nowhere })],
        [status.NOT_FOUND, () => publish(nowhere, 'lost')],
        [status.NOT_FOUND, () => createSubscription(nowhere)],
        [
          status.NOT_FOUND,
          () => clients.subscriber.pull({ subscription: `${subscription}-not`, maxMessages: 1 }),
        ],
        [status.ALREADY_EXISTS, () => clients.publisher.createTopic({ name: topic })],
        [status.ALREADY_EXISTS, () => clients.subscriber.createSubscription({ name: subscription, topic })],
        [status.INVALID_ARGUMENT, () => clients.publisher.createTopic({ name: 'projects/test/topics/1' })],
        [status.INVALID_ARGUMENT, () => createSubscription(topic, { ackDeadlineSeconds: 601 })],
        [status.INVALID_ARGUMENT, () => publish(topic, '')],
      ];
      for (const [code, attempt] of refusals) await expect(attempt()).rejects.toMatchObject({ code });
    });
  });

  describe('what is not offered', () => {
    check('refuses the options that it does not honour', async () => {
      const topic = await createTopic();
      const refused: Subscription[] = [
        { filter: 'attributes.colour = "red"' },
        { enableMessageOrdering: true },
        { enableExactlyOnceDelivery: true },
        { retainAckedMessages: true },
        { bigqueryConfig: { table: 'p.d.t' } },
        { expirationPolicy: { ttl: { seconds: 86_400 } } },
        { pushConfig: { pushEndpoint: 'http://127.0.0.1:1', oidcToken: { serviceAccountEmail: 'a@b' } } },
      ];
      for (const options of refused) {
        await expect(createSubscription(topic, options)).rejects.toMatchObject({
          code: status.UNIMPLEMENTED,
          details: expect.stringMatching(/does not offer .+\./),
        });
      }
    });

    check('answers UNIMPLEMENTED for what it does not offer', async () => {
      const subscription = await createSubscription(await createTopic());
      const name = 'projects/test/snapshots/snapshot-1';
      await expect(clients.subscriber.createSnapshot({ name, subscription })).rejects.toMatchObject({
        code: status.UNIMPLEMENTED,
        details: expect.stringContaining('CreateSnapshot'),
      });
    });

    check('keeps to the limits on messages', async () => {
      const topic = await createTopic();
      const many = Object.fromEntries(Array.from({ length: 101 }, (_, number) => [`key-${number}`, 'value']));
      for (const attributes of [
        many,
        { ['k'.repeat(257)]: '' },
        { key: 'v'.repeat(1025) },
        { 'goog-key': '' },
        { '': 'v' },
      ]) {
        await expect(publish(topic, 'too much', { attributes })).rejects.toMatchObject({
          code: status.INVALID_ARGUMENT,
        });
      }
      await expect(
        publish(topic, 'traced', { attributes: { googclient_traceparent: '00' } }),
      ).resolves.not.toBe('');
    });

    check('refuses a request of more than 10 MB', async () => {
      const attempt = publish(await createTopic(), 'x'.repeat(10_000_001));
      await expect(attempt).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    });

    check('refuses to be pulled from while it pushes', async () => {
      const pushConfig = { pushEndpoint: 'http://127.0.0.1:1/' };
      const subscription = await createSubscription(await createTopic(), { pushConfig });
      const attempt = clients.subscriber.pull({ subscription, maxMessages: 1 });
      await expect(attempt).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    });
  });

  describe('pulling', () => {
    check('receives data, attributes, id and time', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      const messageId = await publish(topic, 'hello', { attributes: { colour: 'blue' }, orderingKey: 'k' });
      const [received] = await pull(subscription);
      expect(received?.message).toMatchObject({
        messageId,
        attributes: { colour: 'blue' },
        orderingKey: 'k',
      });
      expect(String(received?.message?.data)).toBe('hello');
      expect(Math.abs(Number(received?.message?.publishTime?.seconds) - Date.now() / 1000)).toBeLessThan(60);
      expect(received?.deliveryAttempt).toBe(0);
    });

    check('gives each subscription its own copy, and none to those that come later', async () => {
      const topic = await createTopic();
      const [first, second] = [await createSubscription(topic), await createSubscription(topic)];
      await publish(topic, 'copy');
      const late = await createSubscription(topic);
      expect(textsOf([...(await pull(first)), ...(await pull(second))])).toEqual(['copy', 'copy']);
      expect(await isEmpty(late)).toBe(true);
    });

    check('ends with the acknowledgement', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'once');
      const ackIds = ackIdsOf(await pull(subscription));
      await clients.subscriber.acknowledge({ subscription, ackIds });
      await nack(subscription, ackIds);
      expect(await isEmpty(subscription)).toBe(true);
    });

    check('begins again after a nack', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'again');
      await nack(subscription, ackIdsOf(await pull(subscription)));
      expect(textsOf(await pull(subscription))).toEqual(['again']);
    });

    check('begins again when the ack deadline has passed', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'late');
      const ackIds = ackIdsOf(await pull(subscription));
      const modifiedAt = Date.now();
      await clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 1 });
      expect(textsOf(await pull(subscription))).toEqual(['late']);
      expect(Date.now() - modifiedAt).toBeGreaterThan(900);
    });

    check('waits for the back-off of the retry policy', async () => {
      const topic = await createTopic();
      const retryPolicy = { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 2 } };
      const subscription = await createSubscription(topic, { retryPolicy });
      await publish(topic, 'patience');
      const received = await pull(subscription);
      const nackedAt = Date.now();
      await nack(subscription, ackIdsOf(received));
      expect(textsOf(await pull(subscription))).toEqual(['patience']);
      expect(Date.now() - nackedAt).toBeGreaterThan(900);
    });

    check('tells the attempt and gives up into the dead-letter topic', async () => {
      const [topic, deadLetterTopic] = [await createTopic(), await createTopic()];
      const deadLetters = await createSubscription(deadLetterTopic);
      const deadLetterPolicy = { deadLetterTopic, maxDeliveryAttempts: 5 };
      const subscription = await createSubscription(topic, { deadLetterPolicy });
      await publish(topic, 'poison', { attributes: { colour: 'green' } });
      for (const attempt of [1, 2, 3, 4, 5]) {
        const received = await pull(subscription);
        expect(received[0]?.deliveryAttempt).toBe(attempt);
        await nack(subscription, ackIdsOf(received));
      }
      expect((await pull(deadLetters))[0]?.message?.attributes).toEqual({
        colour: 'green',
        CloudPubSubDeadLetterSourceDeliveryCount: '5',
        CloudPubSubDeadLetterSourceSubscription: subscription.split('/').at(-1),
        CloudPubSubDeadLetterSourceSubscriptionProject: 'test',
        CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(await isEmpty(subscription)).toBe(true);
    });
  });

  describe('streaming', () => {
    check('delivers, acknowledges, and delivers again what is nacked', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      const subscription = clients.pubsub.subscription(name);
      const seen: string[] = [];
      subscription.on('message', message => {
        const text = String(message.data);
        if (text === 'b' && !seen.includes('b')) message.nack();
        else message.ack();
        seen.push(text);
      });
      for (const text of ['a', 'b', 'c']) await publish(topic, text);
      await until('all have come, b twice', () => seen.length >= 4);
      await subscription.close();
      expect(seen.sort()).toEqual(['a', 'b', 'b', 'c']);
      expect(await isEmpty(name)).toBe(true);
    });

    check('keeps within the flow control of the subscriber', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      const subscription = clients.pubsub.subscription(name, {
        flowControl: { maxMessages: 2 },
        // The limit holds for each stream.
        streamingOptions: { maxStreams: 1 },
      });
      const held: { ack(): void }[] = [];
      let most = 0;
      subscription.on('message', message => {
        held.push(message);
        most = Math.max(most, held.length);
      });
      for (let number = 0; number < 8; number += 1) await publish(topic, `m${number}`);
      for (let acked = 0; acked < 8; acked += 1) {
        await until('the next message comes', () => held.length > 0);
        held.shift()?.ack();
      }
      await subscription.close();
      expect(most).toBeLessThanOrEqual(2);
    });

    check('shares the messages between subscribers', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      const seen: string[] = [];
      const subscribers = [clients.pubsub.subscription(name), clients.pubsub.subscription(name)];
      for (const subscriber of subscribers) {
        subscriber.on('message', message => {
          seen.push(String(message.data));
          message.ack();
        });
      }
      const texts = Array.from({ length: 20 }, (_, number) => `m${100 + number}`);
      for (const text of texts) await publish(topic, text);
      await until('all have come', () => seen.length >= texts.length);
      await Promise.all(subscribers.map(subscriber => subscriber.close()));
      expect(seen.sort()).toEqual(texts);
    });
  });

  describe('pushing', () => {
    check('posts the message and takes a success for the acknowledgement', async () => {
      const { url, received } = await endpoint();
      const topic = await createTopic();
      const subscription = await createSubscription(topic, { pushConfig: { pushEndpoint: `${url}/plain` } });
      const id = await publish(topic, 'pushed', { attributes: { colour: 'red' } });
      await until('the push has come', () => received.length > 0);
      expect(received[0]?.headers['content-type']).toContain('application/json');
      expect(received[0]?.headers['ce-id']).toBeUndefined();
      expect(received[0]?.body).toMatchObject({
        subscription,
        message: {
          data: Buffer.from('pushed').toString('base64'),
          attributes: { colour: 'red' },
          messageId: id,
          message_id: id,
          publishTime: expect.any(String),
          publish_time: expect.any(String),
        },
      });
    });

    check('pushes the ordering key', async () => {
      const { url, received } = await endpoint();
      const topic = await createTopic();
      await createSubscription(topic, { pushConfig: { pushEndpoint: url } });
      await publish(topic, 'pushed', { orderingKey: 'k' });
      await until('the push has come', () => received.length > 0);
      expect(received[0]?.body.message).toMatchObject({ orderingKey: 'k' });
    });

    check('pushes CloudEvents as Eventarc does', async () => {
      const { url, received } = await endpoint();
      const topic = await createTopic();
      const mode = `__GCP_CloudEventsMode=CUSTOM_PUBSUB_${encodeURIComponent(topic)}`;
      await createSubscription(topic, { pushConfig: { pushEndpoint: `${url}/?${mode}` } });
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const id = await publish(topic, 'event', { attributes: { traceparent } });
      await until('the event has come', () => received.length > 0);
      expect(received[0]?.headers).toMatchObject({
        'ce-id': id,
        'ce-source': `//pubsub.googleapis.com/${topic}`,
        'ce-specversion': '1.0',
        'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
        'ce-time': received[0]?.body.message.publishTime,
        'content-type': 'application/json',
        traceparent,
      });
      expect(received[0]?.body.message).toMatchObject({
        messageId: id,
        data: Buffer.from('event').toString('base64'),
      });
    });

    check('pushes again what the endpoint refuses', async () => {
      const { url, received } = await endpoint((_push, number) => (number === 1 ? 503 : 200));
      const topic = await createTopic();
      await createSubscription(topic, { pushConfig: { pushEndpoint: url } });
      await publish(topic, 'stubborn');
      await until('the push has come twice', () => received.length >= 2);
      expect(received[1]?.body.message.messageId).toBe(received[0]?.body.message.messageId);
    });

    check('backs off from a failing push endpoint, then dead-letters', async () => {
      const isPoison = ({ body }: ReceivedPush) =>
        body.message.data === Buffer.from('poison').toString('base64');
      const { url, received } = await endpoint(push => (isPoison(push) ? 500 : 204));
      const [topic, deadLetterTopic] = [await createTopic(), await createTopic()];
      const deadLetters = await createSubscription(deadLetterTopic);
      await createSubscription(topic, {
        pushConfig: { pushEndpoint: url },
        deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
        retryPolicy: { minimumBackoff: { nanos: 10_000_000 }, maximumBackoff: { nanos: 50_000_000 } },
      });
      await publish(topic, 'poison');
      await publish(topic, 'good');
      expect(textsOf(await pull(deadLetters))).toEqual(['poison']);
      const attempts = received.filter(isPoison).map(({ body }) => body.deliveryAttempt);
      expect(attempts).toEqual([1, 2, 3, 4, 5]);
      expect(received.some(push => !isPoison(push))).toBe(true);
    });

    check('begins when a push endpoint is set, and ends when it is taken away', async () => {
      const { url, received } = await endpoint();
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'first');
      await clients.subscriber.modifyPushConfig({ subscription, pushConfig: { pushEndpoint: url } });
      await until('the push has come', () => received.length > 0);
      await clients.subscriber.modifyPushConfig({ subscription, pushConfig: {} });
      await publish(topic, 'second');
      expect(textsOf(await pull(subscription))).toEqual(['second']);
    });
  });
});
