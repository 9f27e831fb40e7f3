import { z } from '@banknote-loop/shared';
import { deadLettersAnswer, replayedAnswer } from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import type { DeadLetter } from '@banknote-loop/shared/pubsub';
import type { Given } from './given.ts';

export const getDeadLetters = route({
  method: 'GET',
  path: '/dead-letters',
  summary: 'The messages that could not be processed, oldest first: by whom they were refused, and why.',
  answers: { 200: deadLettersAnswer },
  handle: async (_input, { deadLetters }: Given) => ({
    body: { dead_letters: (await deadLetters.list()).map(withoutData) },
  }),
});

export const replayDeadLetter = route({
  method: 'POST',
  path: '/dead-letters/{id}/replay',
  summary: 'Publishes a dead letter again where it came from.',
  scope: 'models:manage',
  params: z.object({ id: z.string() }),
  answers: { 200: replayedAnswer },

  async handle({ params: { id } }, { deadLetters }: Given) {
    const count = await deadLetters.replay(letter => letter.id === id);
    if (count === 0)
      throw new HttpError(404, `There is no dead letter ${id}; it may have been replayed already.`);
    return { body: { replayed: [id] } };
  },
});

/** What a message held is for operators with the command line: it may be anything, and anybody's. */
function withoutData({ id, function: name, topic, reason, field, attempts, arrived }: DeadLetter) {
  return { id, function: name, topic: topic ?? null, reason, field: field ?? null, attempts, arrived };
}
