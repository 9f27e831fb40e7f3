import { status } from '@grpc/grpc-js';
import type { ContractKit, SubscriptionFields } from './kit.ts';

export function refusalsContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish } = kit;

  describe('what is not offered', () => {
    check('refuses the options that it does not honour', async () => {
      const topic = await createTopic();
      const refused: SubscriptionFields[] = [
        { cloudStorageConfig: { bucket: 'notes' } },
        { bigqueryConfig: { table: 'p.d.t' } },
        { pushConfig: { pushEndpoint: 'http://127.0.0.1:1', oidcToken: { serviceAccountEmail: 'a@b' } } },
        { pushConfig: { pushEndpoint: 'http://127.0.0.1:1', noWrapper: {} } },
        { pushConfig: { pushEndpoint: 'http://127.0.0.1:1', attributes: { 'x-other': '1' } } },
        { messageTransforms: [{ javascriptUdf: { functionName: 'f', code: 'function f() {}' } }] },
      ];
      for (const options of refused) {
        await expect(createSubscription(topic, options)).rejects.toMatchObject({
          code: status.UNIMPLEMENTED,
          details: expect.stringMatching(/does not offer .+\./),
        });
      }
    });

    check('answers UNIMPLEMENTED for what it does not offer', async () => {
      const name = 'projects/test/schemas/any';
      await expect(kit.clients.schemas.listSchemaRevisions({ name })).rejects.toMatchObject({
        code: status.UNIMPLEMENTED,
        details: expect.stringContaining('ListSchemaRevisions'),
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
