import { ackIdsOf, type ContractKit, textsOf } from './kit.ts';

export function pullingContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish, pull, isEmpty, nack } = kit;

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
      await kit.clients.subscriber.acknowledge({ subscription, ackIds });
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
      await kit.clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 1 });
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
}
