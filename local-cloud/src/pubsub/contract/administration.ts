import { status } from '@grpc/grpc-js';
import type { ContractKit } from './kit.ts';

export function administrationContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish } = kit;

  describe('topics and subscriptions', () => {
    check('are created, got, listed and deleted', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic, {
        ackDeadlineSeconds: 20,
        labels: { team: 'notes' },
      });

      const [gotTopic] = await kit.clients.publisher.getTopic({ topic });
      const [got] = await kit.clients.subscriber.getSubscription({ subscription });
      expect(gotTopic.name).toBe(topic);
      expect(got).toMatchObject({
        name: subscription,
        topic,
        ackDeadlineSeconds: 20,
        labels: { team: 'notes' },
      });
      expect(Number(got.messageRetentionDuration?.seconds)).toBe(7 * 24 * 3600);

      const [topics] = await kit.clients.publisher.listTopics({ project: 'projects/test' });
      const [subscriptions] = await kit.clients.subscriber.listSubscriptions({ project: 'projects/test' });
      const [ofTopic] = await kit.clients.publisher.listTopicSubscriptions({ topic });
      expect(topics.map(({ name }) => name)).toContain(topic);
      expect(subscriptions.map(({ name }) => name)).toContain(subscription);
      expect(ofTopic).toEqual([subscription]);

      await kit.clients.publisher.deleteTopic({ topic });
      const [orphan] = await kit.clients.subscriber.getSubscription({ subscription });
      expect(orphan.topic).toBe('_deleted-topic_');
      await kit.clients.subscriber.deleteSubscription({ subscription });
      await expect(kit.clients.subscriber.getSubscription({ subscription })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    });

    check('say that they are active', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      expect((await kit.clients.publisher.getTopic({ topic }))[0].state).toBe('ACTIVE');
      expect((await kit.clients.subscriber.getSubscription({ subscription }))[0].state).toBe('ACTIVE');
    });

    check('are updated field by field', async () => {
      const topic = await createTopic();
      const name = await createSubscription(topic);
      await kit.clients.subscriber.updateSubscription({
        subscription: {
          name,
          ackDeadlineSeconds: 30,
          retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 5 } },
        },
        updateMask: { paths: ['ack_deadline_seconds', 'retry_policy'] },
      });
      const [updated] = await kit.clients.subscriber.getSubscription({ subscription: name });
      expect(updated).toMatchObject({ topic, ackDeadlineSeconds: 30 });
      expect(Number(updated.retryPolicy?.maximumBackoff?.seconds)).toBe(5);
    });

    check('get a name where they are given none', async () => {
      const { subscriber } = kit.clients;
      const [{ name = '' }] = await subscriber.createSubscription({ topic: await createTopic() });
      expect(name).toMatch(/^projects\/test\/subscriptions\/./);
      const [snapshot] = await subscriber.createSnapshot({ subscription: name });
      expect(snapshot.name).toMatch(/^projects\/test\/snapshots\/./);
    });

    check('show where their messages would be stored', async () => {
      const name = `projects/test/topics/in-${Date.now()}`;
      const messageStoragePolicy = { allowedPersistenceRegions: ['europe-west1'] };
      await kit.clients.publisher.createTopic({ name, messageStoragePolicy });
      const [got] = await kit.clients.publisher.getTopic({ topic: name });
      expect(got.messageStoragePolicy).toMatchObject(messageStoragePolicy);
    });

    check('expire after the time that is asked for, or never', async () => {
      const { subscriber } = kit.clients;
      const byDefault = await createSubscription(await createTopic());
      const [{ expirationPolicy: ofGoogle }] = await subscriber.getSubscription({ subscription: byDefault });
      expect(Number(ofGoogle?.ttl?.seconds)).toBe(31 * 86_400);
      const expirationPolicy = { ttl: { seconds: 2 * 86_400 } };
      const name = await createSubscription(await createTopic(), { expirationPolicy });
      const [got] = await subscriber.getSubscription({ subscription: name });
      expect(Number(got.expirationPolicy?.ttl?.seconds)).toBe(2 * 86_400);
      const [updated] = await subscriber.updateSubscription({
        subscription: { name, expirationPolicy: {} },
        updateMask: { paths: ['expiration_policy'] },
      });
      expect(updated.expirationPolicy?.ttl).toBeFalsy();
    });

    check('refuse what does not exist, exists already, or is malformed', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      const nowhere = 'projects/test/topics/nowhere';
      const refusals: [number, () => Promise<unknown>][] = [
        [status.NOT_FOUND, () => kit.clients.publisher.getTopic({ topic: nowhere })],
        [status.NOT_FOUND, () => kit.clients.publisher.deleteTopic({ topic: nowhere })],
        [status.NOT_FOUND, () => publish(nowhere, 'lost')],
        [status.NOT_FOUND, () => createSubscription(nowhere)],
        [
          status.NOT_FOUND,
          () => kit.clients.subscriber.pull({ subscription: `${subscription}-not`, maxMessages: 1 }),
        ],
        [status.ALREADY_EXISTS, () => kit.clients.publisher.createTopic({ name: topic })],
        [
          status.ALREADY_EXISTS,
          () => kit.clients.subscriber.createSubscription({ name: subscription, topic }),
        ],
        [
          status.INVALID_ARGUMENT,
          () => kit.clients.publisher.createTopic({ name: 'projects/test/topics/1' }),
        ],
        [status.INVALID_ARGUMENT, () => createSubscription(topic, { ackDeadlineSeconds: 601 })],
        [status.INVALID_ARGUMENT, () => publish('notes', 'lost')],
        [status.INVALID_ARGUMENT, () => kit.clients.publisher.getTopic({ topic: subscription })],
        [
          status.NOT_FOUND,
          () => createSubscription(topic, { deadLetterPolicy: { deadLetterTopic: nowhere } }),
        ],
        [status.INVALID_ARGUMENT, () => publish(topic, '')],
      ];
      for (const [code, attempt] of refusals) await expect(attempt()).rejects.toMatchObject({ code });
    });
  });
}
