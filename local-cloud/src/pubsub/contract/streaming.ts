import { until } from '../testing/until.ts';
import type { ContractKit } from './kit.ts';

export function streamingContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish, isEmpty } = kit;

  describe('streaming', () => {
    check('delivers, acknowledges, and delivers again what is nacked', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      const subscription = kit.clients.pubsub.subscription(name);
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
      const subscription = kit.clients.pubsub.subscription(name, {
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
      const subscribers = [kit.clients.pubsub.subscription(name), kit.clients.pubsub.subscription(name)];
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
}
