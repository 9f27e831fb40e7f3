import { status } from '@grpc/grpc-js';
import { ackIdsOf, type ContractKit, textsOf } from './kit.ts';

export function seekingContract(kit: ContractKit): void {
  const { check, createTopic, createSubscription, publish, pull, isEmpty } = kit;
  let counter = 0;

  async function createSnapshot(subscription: string): Promise<string> {
    counter += 1;
    const name = `projects/test/snapshots/snapshot-${counter}`;
    await kit.clients.subscriber.createSnapshot({ name, subscription, labels: { team: 'notes' } });
    return name;
  }
  async function pullAndAck(subscription: string, count: number): Promise<string[]> {
    const received = await pull(subscription, count);
    await kit.clients.subscriber.acknowledge({ subscription, ackIds: ackIdsOf(received) });
    return textsOf(received);
  }

  describe('snapshots and seek', () => {
    check('snapshots are got, listed, changed and deleted', async () => {
      const { subscriber, publisher } = kit.clients;
      const topic = await createTopic();
      const snapshot = await createSnapshot(await createSubscription(topic));
      const [got] = await subscriber.getSnapshot({ snapshot });
      expect(got).toMatchObject({ name: snapshot, topic, labels: { team: 'notes' } });
      expect(Number(got.expireTime?.seconds)).toBeGreaterThan(Date.now() / 1000 + 6 * 24 * 3600);
      const [listed] = await subscriber.listSnapshots({ project: 'projects/test' });
      expect(listed.map(({ name }) => name)).toContain(snapshot);
      expect((await publisher.listTopicSnapshots({ topic }))[0]).toEqual([snapshot]);
      const [updated] = await subscriber.updateSnapshot({
        snapshot: { name: snapshot, labels: { team: 'votes' } },
        updateMask: { paths: ['labels'] },
      });
      expect(updated.labels).toEqual({ team: 'votes' });
      await subscriber.deleteSnapshot({ snapshot });
      await expect(subscriber.getSnapshot({ snapshot })).rejects.toMatchObject({ code: status.NOT_FOUND });
    });

    check('a snapshot brings back what was not acknowledged, and all since', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'done before');
      await pullAndAck(subscription, 1);
      await publish(topic, 'waiting');
      const snapshot = await createSnapshot(subscription);
      await publish(topic, 'after');
      expect(await pullAndAck(subscription, 2)).toEqual(['after', 'waiting']);
      await kit.clients.subscriber.seek({ subscription, snapshot });
      expect(await pullAndAck(subscription, 2)).toEqual(['after', 'waiting']);
      expect(await isEmpty(subscription)).toBe(true);
    });

    check('a time brings back what was acknowledged since, where that is kept', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic, { retainAckedMessages: true });
      await publish(topic, 'kept');
      await pullAndAck(subscription, 1);
      await kit.clients.subscriber.seek({
        subscription,
        time: { seconds: Math.floor(Date.now() / 1000) - 60 },
      });
      expect(await pullAndAck(subscription, 1)).toEqual(['kept']);
    });

    check('a time to come acknowledges all that waits', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'not wanted');
      await kit.clients.subscriber.seek({
        subscription,
        time: { seconds: Math.floor(Date.now() / 1000) + 60 },
      });
      expect(await isEmpty(subscription)).toBe(true);
    });

    check('a topic that keeps messages gives them to subscriptions that come later', async () => {
      const { publisher, subscriber } = kit.clients;
      const topic = await createTopic();
      await publisher.updateTopic({
        topic: { name: topic, messageRetentionDuration: { seconds: 3600 } },
        updateMask: { paths: ['message_retention_duration'] },
      });
      await publish(topic, 'early');
      const subscription = await createSubscription(topic);
      const [{ topicMessageRetentionDuration }] = await subscriber.getSubscription({ subscription });
      expect(Number(topicMessageRetentionDuration?.seconds)).toBe(3600);
      expect(await isEmpty(subscription)).toBe(true);
      await subscriber.seek({ subscription, time: { seconds: Math.floor(Date.now() / 1000) - 60 } });
      expect(await pullAndAck(subscription, 1)).toEqual(['early']);
    });

    check('acknowledgements from before a seek no longer count', async () => {
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'once more');
      const ackIds = ackIdsOf(await pull(subscription));
      await kit.clients.subscriber.seek({
        subscription,
        time: { seconds: Math.floor(Date.now() / 1000) - 60 },
      });
      await kit.clients.subscriber.acknowledge({ subscription, ackIds });
      expect(await pullAndAck(subscription, 1)).toEqual(['once more']);
    });

    check('a detached subscription has nothing and gets nothing', async () => {
      const { publisher, subscriber } = kit.clients;
      const topic = await createTopic();
      const subscription = await createSubscription(topic);
      await publish(topic, 'let go');
      await publisher.detachSubscription({ subscription });
      const [{ detached }] = await subscriber.getSubscription({ subscription });
      expect(detached).toBe(true);
      expect((await publisher.listTopicSubscriptions({ topic }))[0]).toEqual([]);
      await expect(subscriber.pull({ subscription, maxMessages: 1 })).rejects.toMatchObject({
        code: status.FAILED_PRECONDITION,
      });
    });

    check('what cannot be sought is refused', async () => {
      const { subscriber } = kit.clients;
      const subscription = await createSubscription(await createTopic());
      const elsewhere = await createSnapshot(await createSubscription(await createTopic()));
      const nowhere = 'projects/test/snapshots/nowhere';
      const refusals: [number, () => Promise<unknown>][] = [
        [status.NOT_FOUND, () => subscriber.seek({ subscription, snapshot: nowhere })],
        [status.FAILED_PRECONDITION, () => subscriber.seek({ subscription, snapshot: elsewhere })],
        [status.INVALID_ARGUMENT, () => subscriber.seek({ subscription })],
        [status.ALREADY_EXISTS, () => subscriber.createSnapshot({ name: elsewhere, subscription })],
        [
          status.NOT_FOUND,
          () => subscriber.createSnapshot({ name: nowhere, subscription: `${subscription}-x` }),
        ],
      ];
      for (const [code, attempt] of refusals) await expect(attempt()).rejects.toMatchObject({ code });
    });
  });
}
