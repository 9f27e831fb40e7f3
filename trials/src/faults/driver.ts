import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@banknote-loop/shared/contract';
import type { Outside } from '@banknote-loop/testing/traffic/outside';
import type { Ledger } from './ledger.ts';
import type { Sending } from './traffic-plan.ts';

const tickMs = 50;

/** Publishes a plan as a steady stream, whatever happens meanwhile, and enters into the ledger what was accepted. */
export async function drive(
  plan: readonly Sending[],
  seconds: number,
  outside: Outside,
  ledger: Ledger,
): Promise<void> {
  const startedAt = Date.now();
  const underWay: Promise<void>[] = [];
  while (underWay.length < plan.length) {
    const due = Math.ceil((plan.length * (Date.now() - startedAt)) / (seconds * 1000));
    for (const sending of plan.slice(underWay.length, due)) {
      // Each has a time of its own, so that of two ratings one is the later.
      underWay.push(send(sending, startedAt + underWay.length, outside, ledger));
    }
    await delay(tickMs);
  }
  await Promise.all(underWay);
}

async function send(sending: Sending, time: number, outside: Outside, ledger: Ledger): Promise<void> {
  const attributes = { 'ce-time': new Date(time).toISOString() };
  switch (sending.kind) {
    case 'batch':
      await outside.publish(topics.request.name, sending.batch, attributes);
      ledger.batches.push(sending.batch);
      break;
    case 'feedback': {
      const { batchId, ratings } = sending;
      const subjects = ratings.map(({ subject }) => subject);
      const labels = ratings.map(({ label }) => label);
      const content = {
        batch_id: batchId,
        subjects,
        ratings: ratings.map(({ rating }) => rating),
        ...(labels.some(label => label !== null) && { labels }),
      };
      await outside.publish(topics.feedback.name, content, attributes);
      ledger.ratings.push(...ratings.map(rating => ({ ...rating, batchId, time })));
      break;
    }
    case 'malformed':
      await outside.publish(sending.malformed.topic, sending.malformed.data, {
        ...attributes,
        test_id: sending.id,
      });
      ledger.malformed.push(sending);
      break;
  }
}
