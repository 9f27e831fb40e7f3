import { z } from '@banknote-loop/shared';
import {
  deadLettersAnswer,
  queuesAnswer,
  replayBody,
  replayedAnswer,
  replayedCount,
  tracesAnswer,
  tracesQuery,
} from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import type { DeadLetter } from '@banknote-loop/shared/pubsub';
import type { Context } from './context.ts';

// What those look at who keep the loop running.

export const getQueues = route({
  method: 'GET',
  path: '/queues',
  summary:
    'How many messages wait for each function, and how fast they are done; empty where nobody measures it.',
  scope: 'loop:read',
  answer: queuesAnswer,
  handle: async (_input, { queues }: Context) => ({ body: { queues: await queues.list() } }),
});

/** Spans go where they are collected, which is not here. On the laptop the runner keeps them, and answers in this place. */
export const getTraces = route({
  method: 'GET',
  path: '/traces',
  summary: "A batch's way from hop to hop; empty where nobody keeps spans beside the loop.",
  query: tracesQuery,
  scope: 'loop:read',
  answer: tracesAnswer,
  handle: async ({ query: { correlation_id } }) => ({ body: { correlation_id, spans: [] } }),
});

export const getDeadLetters = route({
  method: 'GET',
  path: '/dead-letters',
  summary:
    'Messages that could not be processed, oldest first: by whom they were refused, and why; at most 1,000, or fewer large ones.',
  scope: 'loop:read',
  answer: deadLettersAnswer,
  async handle(_input, { deadLetters }: Context) {
    const { letters, more } = await deadLetters.list();
    return { body: { dead_letters: letters.map(toAnswer), more } };
  },
});

/** To find some, all are passed by: there may be a hundred thousand. */
const patienceMs = 10_000;

export const replayDeadLetter = route({
  method: 'POST',
  path: '/dead-letters/{id}/replay',
  summary: 'Publishes a dead letter again where it came from.',
  scope: 'models:manage',
  params: z.object({ id: z.string() }),
  answer: replayedAnswer,

  async handle({ params: { id } }, { deadLetters, db, caller }: Context) {
    const count = await deadLetters.replay(new Set([id]), patienceMs);
    if (count === 0)
      throw new HttpError(404, `There is no dead letter ${id}; it may have been replayed already.`);
    await db.audit.record({
      who: caller.principal,
      address: caller.address,
      action: 'dead-letter-replay',
      target: id,
    });
    return { body: { replayed: [id] } };
  },
});

export const replayDeadLetters = route({
  method: 'POST',
  path: '/dead-letters/replay',
  summary:
    'Publishes dead letters again where they came from, up to a hundred at once; those that are gone already are left out.',
  scope: 'models:manage',
  body: replayBody,
  answer: replayedCount,

  async handle(
    { body: { ids } },
    { deadLetters, db, caller }: Pick<Context, 'deadLetters' | 'db' | 'caller'>,
  ) {
    const replayed = await deadLetters.replay(new Set(ids), patienceMs);
    const { principal: who, address } = caller;
    if (replayed > 0) {
      const target = `${replayed} of ${ids.length}`;
      await db.audit.record({ who, address, action: 'dead-letter-replay', target, after: { ids } });
    }
    return { body: { replayed } };
  },
});

/** What a message held is for operators with the command line: it may be anything, and anybody's. */
function toAnswer({ id, function: name, topic, reason, field, attempts, arrived }: DeadLetter) {
  return { id, function: name, topic: topic ?? null, reason, field: field ?? null, attempts, arrived };
}
