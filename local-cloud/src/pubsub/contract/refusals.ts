import { status } from '@grpc/grpc-js';
import type { ContractKit, Subscription } from './kit.ts';

export function refusalsContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish } = kit;

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
      await expect(kit.clients.subscriber.createSnapshot({ name, subscription })).rejects.toMatchObject({
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
      const attempt = kit.clients.subscriber.pull({ subscription, maxMessages: 1 });
      await expect(attempt).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    });
  });
}
