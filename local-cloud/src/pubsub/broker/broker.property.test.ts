import fc from 'fast-check';
import { brokerWithSubscription, newMessage, TestConsumer, topicName } from '../testing/broker-kit.ts';
import type { Delivery } from './consumer.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('publish'), count: fc.integer({ min: 1, max: 4 }), pick: fc.nat() }),
  fc.record({
    kind: fc.constantFrom('pull', 'ack', 'nack', 'expire'),
    count: fc.integer({ min: 1, max: 4 }),
    pick: fc.nat(),
  }),
);

it('loses no message and never delivers an acknowledged one again, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 5000 }), (steps, backoffMs) => {
      const retryPolicy = { minimumBackoffMs: backoffMs, maximumBackoffMs: 2 * backoffMs };
      const { broker, clock, subscription } = brokerWithSubscription({ retryPolicy });
      const published = new Set<string>();
      const acked = new Set<string>();
      const seen: Delivery[] = [];

      const pull = (room: number) => {
        const consumer = new TestConsumer();
        consumer.room = room;
        subscription.addConsumer(consumer);
        subscription.removeConsumer(consumer);
        for (const { message } of consumer.deliveries) expect(acked).not.toContain(message.id);
        seen.push(...consumer.deliveries);
      };
      const settle = (kind: string, delivery: Delivery) => {
        if (kind === 'ack') {
          subscription.acknowledge([delivery.ackId]);
          acked.add(delivery.message.id);
        } else {
          subscription.modifyAckDeadline([delivery.ackId], 0);
        }
      };
      const run = {
        publish: (count: number) => {
          const messages = Array.from({ length: count }, () => newMessage('m'));
          for (const id of broker.publish(topicName, messages)) published.add(id);
        },
      };

      for (const { kind, count, pick } of steps) {
        const delivery = seen[pick % Math.max(seen.length, 1)];
        if (kind === 'publish') run.publish(count);
        else if (kind === 'pull') pull(count);
        else if (kind === 'expire') clock.advance(4000 * count);
        else if (delivery !== undefined) settle(kind, delivery);
      }

      // In the end everything that is not acknowledged comes once more.
      clock.advance(60_000);
      const before = seen.length;
      pull(Number.POSITIVE_INFINITY);
      const remaining = seen.slice(before).map(({ message }) => message.id);
      expect(new Set([...remaining, ...acked])).toEqual(published);
      expect(remaining.length).toBe(published.size - acked.size);
    }),
  );
});

it('keeps each ordering key in order, whatever happens', () => {
  const orderedStep = fc.record({
    kind: fc.constantFrom('publish', 'pull', 'ack', 'nack', 'expire'),
    count: fc.integer({ min: 1, max: 4 }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(
      fc.array(orderedStep, { maxLength: 60 }),
      fc.integer({ min: 0, max: 5000 }),
      (steps, backoffMs) => {
        const retryPolicy = { minimumBackoffMs: backoffMs, maximumBackoffMs: 2 * backoffMs };
        const { broker, clock, subscription } = brokerWithSubscription({ retryPolicy, keepsOrder: true });
        const published: Record<string, string[]> = { a: [], b: [] };
        const acked = new Set<string>();
        const seen: Delivery[] = [];

        const pull = (room: number) => {
          const consumer = new TestConsumer();
          consumer.room = room;
          subscription.addConsumer(consumer);
          subscription.removeConsumer(consumer);
          for (const { message } of consumer.deliveries) {
            // Whatever was published before it with its key is acknowledged, or comes along before it.
            const earlier =
              published[message.orderingKey]?.filter(id => Number(id) < Number(message.id)) ?? [];
            const along = consumer.deliveries.map(other => other.message.id);
            const open = earlier.filter(id => !acked.has(id));
            expect(open.filter(id => !along.slice(0, along.indexOf(message.id)).includes(id))).toEqual([]);
          }
          seen.push(...consumer.deliveries);
        };
        for (const { kind, count, pick } of steps) {
          const delivery = seen[pick % Math.max(seen.length, 1)];
          if (kind === 'publish') {
            const orderingKey = pick % 2 === 0 ? 'a' : 'b';
            const messages = Array.from({ length: count }, () => ({ ...newMessage('m'), orderingKey }));
            published[orderingKey]?.push(...broker.publish(topicName, messages));
          } else if (kind === 'pull') pull(count);
          else if (kind === 'expire') clock.advance(4000 * count);
          else if (delivery !== undefined && kind === 'ack') {
            subscription.acknowledge([delivery.ackId]);
            acked.add(delivery.message.id);
          } else if (delivery !== undefined) subscription.modifyAckDeadline([delivery.ackId], 0);
        }

        for (let round = 0; acked.size < Object.values(published).flat().length; round += 1) {
          expect(round).toBeLessThan(1000);
          clock.advance(60_000);
          const before = seen.length;
          pull(3);
          for (const { ackId, message } of seen.slice(before)) {
            subscription.acknowledge([ackId]);
            acked.add(message.id);
          }
        }
      },
    ),
  );
});
