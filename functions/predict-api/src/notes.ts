import { z } from '@banknote-loop/shared';
import { reviewAnswer, samplesAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';

export const getReview = route({
  method: 'GET',
  path: '/review',
  summary: 'Notes that nobody has rated yet: the newest first, or those the model was least certain of.',
  query: z.object({
    order: z.enum(['newest', 'uncertain']).default('newest'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answer: reviewAnswer,
  handle: async ({ query: { order, limit } }, { db }: Context) => ({
    body: { notes: await db.batches.notesToReview(order, limit) },
  }),
});

export const getSamples = route({
  method: 'GET',
  path: '/samples',
  summary: 'Notes of the data set, drawn by lot, with what they are known to be.',
  query: z.object({ count: z.coerce.number().int().min(1).max(500).default(10) }),
  answer: samplesAnswer,
  handle: async ({ query: { count } }, { db }: Context) => ({
    body: { samples: await db.training.drawSamples(count) },
  }),
});
