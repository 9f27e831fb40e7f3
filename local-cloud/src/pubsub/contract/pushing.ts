import type { ReceivedPush } from '../testing/push-target.ts';
import { until } from '../testing/until.ts';
import { type ContractKit, textsOf } from './kit.ts';

export function pushingContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish, pull, endpoint } = kit;

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
      await kit.clients.subscriber.modifyPushConfig({ subscription, pushConfig: { pushEndpoint: url } });
      await until('the push has come', () => received.length > 0);
      await kit.clients.subscriber.modifyPushConfig({ subscription, pushConfig: {} });
      await publish(topic, 'second');
      expect(textsOf(await pull(subscription))).toEqual(['second']);
    });
  });
}
