import { AckResponses, type Subscription } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import { until } from '../testing/until.ts';
import { ackIdsOf, type ContractKit, textsOf } from './kit.ts';

export function promisesContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish, pull, isEmpty, nack, endpoint } = kit;

  const inOrder = (received: Awaited<ReturnType<typeof pull>>) =>
    received.map(({ message }) => String(message?.data));

  describe('ordering keys', () => {
    check('are delivered in order, and again in order from the one that was refused', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic, { enableMessageOrdering: true });
      const texts = Array.from({ length: 5 }, (_, number) => `m${number}`);
      for (const text of texts) await publish(topic, text, { orderingKey: 'k' });
      const first = await pull(subscription, 5);
      expect(inOrder(first)).toEqual(texts);
      await kit.clients.subscriber.acknowledge({ subscription, ackIds: ackIdsOf(first).slice(0, 2) });
      await nack(subscription, ackIdsOf(first).slice(2, 3));
      expect(inOrder(await pull(subscription, 3))).toEqual(['m2', 'm3', 'm4']);
    });

    check('are streamed in order, many keys at a time', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic, { enableMessageOrdering: true });
      const seen: Record<string, number[]> = { a: [], b: [], c: [] };
      const subscriber = kit.clients.pubsub.subscription(name, { flowControl: { maxMessages: 4 } });
      subscriber.on('message', message => {
        seen[message.orderingKey ?? '']?.push(Number(message.data));
        message.ack();
      });
      const publisher = kit.clients.pubsub.topic(topic, { messageOrdering: true });
      const numbers = Array.from({ length: 30 }, (_, number) => number);
      const all = numbers.flatMap(number =>
        Object.keys(seen).map(orderingKey =>
          publisher.publishMessage({ data: Buffer.from(String(number)), orderingKey }),
        ),
      );
      await Promise.all(all);
      await until('all have come', () => Object.values(seen).every(({ length }) => length >= 30));
      await subscriber.close();
      for (const ofKey of Object.values(seen)) expect(ofKey).toEqual(numbers);
    });

    check('are pushed one by one', async () => {
      const { url, received } = await endpoint((_push, number) => (number === 1 ? 500 : 204));
      const topic = await createTopic();
      const subscription = await createSubscription(topic, { enableMessageOrdering: true });
      for (const text of ['a', 'b', 'c']) await publish(topic, text, { orderingKey: 'k' });
      await kit.clients.subscriber.modifyPushConfig({ subscription, pushConfig: { pushEndpoint: url } });
      await until('all have come', () => received.length >= 4);
      const texts = received.map(({ body }) => Buffer.from(String(body.message.data), 'base64').toString());
      expect(texts).toEqual(['a', 'a', 'b', 'c']);
    });
  });

  describe('filters', () => {
    check('let through what matches, and nothing else', async () => {
      const topic = await createTopic();
      const filters: Record<string, string[]> = {
        'attributes:colour': ['blue', 'red', 'rose'],
        'attributes.colour = "red"': ['red'],
        'attributes.colour != "red"': ['blue', 'plain', 'rose'],
        'hasPrefix(attributes.colour, "r") AND NOT attributes.colour = "red"': ['rose'],
        '-attributes:colour OR (attributes."colour" = "blue" AND attributes:draft)': ['blue', 'plain'],
      };
      const subscriptions = new Map<string, string>();
      for (const filter of Object.keys(filters)) {
        subscriptions.set(filter, await createSubscription(topic, { filter }));
      }
      await publish(topic, 'plain');
      await publish(topic, 'red', { attributes: { colour: 'red' } });
      await publish(topic, 'rose', { attributes: { colour: 'rose' } });
      await publish(topic, 'blue', { attributes: { colour: 'blue', draft: '' } });
      for (const [filter, subscription] of subscriptions) {
        const wanted = filters[filter] ?? [];
        expect([filter, textsOf(await pull(subscription, wanted.length))]).toEqual([filter, wanted]);
        expect(await isEmpty(subscription)).toBe(true);
      }
    });

    check('are refused when they are malformed, or changed later', async () => {
      const topic = await createTopic();
      for (const filter of [
        'colour = "red"',
        'attributes.colour = red',
        'attributes:a AND attributes:b OR attributes:c',
        'attributes:a AND',
        `attributes:${'a'.repeat(300)}`,
      ]) {
        await expect(createSubscription(topic, { filter })).rejects.toMatchObject({
          code: status.INVALID_ARGUMENT,
        });
      }
      const name = await createSubscription(topic, { filter: 'attributes:a' });
      const change = kit.clients.subscriber.updateSubscription({
        subscription: { name, filter: 'attributes:b' },
        updateMask: { paths: ['filter'] },
      });
      await expect(change).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    });
  });

  describe('exactly-once delivery', () => {
    check('says whether an acknowledgement counted', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic, { enableExactlyOnceDelivery: true });
      const subscription: Subscription = kit.clients.pubsub.subscription(name);
      const answers: string[] = [];
      subscription.on('message', message => {
        void message.ackWithResponse().then((answer: string) => answers.push(answer));
      });
      await publish(topic, 'once');
      await until('the acknowledgement is answered', () => answers.length > 0);
      await subscription.close();
      expect(answers).toEqual([AckResponses.Success]);
      expect(await isEmpty(name)).toBe(true);
    });

    check('refuses the acknowledgement of a delivery that has ended', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic, { enableExactlyOnceDelivery: true });
      await publish(topic, 'late');
      const stale = ackIdsOf(await pull(subscription));
      await nack(subscription, stale);
      const fresh = ackIdsOf(await pull(subscription));
      await expect(kit.clients.subscriber.acknowledge({ subscription, ackIds: stale })).rejects.toMatchObject(
        {
          code: status.INVALID_ARGUMENT,
          errorInfoMetadata: { [String(stale[0])]: 'PERMANENT_FAILURE_INVALID_ACK_ID' },
        },
      );
      await kit.clients.subscriber.acknowledge({ subscription, ackIds: fresh });
      expect(await isEmpty(subscription)).toBe(true);
    });
  });
}
