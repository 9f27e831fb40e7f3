import { z } from '@banknote-loop/shared';
import { reviewAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Given } from './given.ts';

export const getReview = route({
  method: 'GET',
  path: '/review',
  summary: 'Notes that nobody has rated yet: the newest first, or those the model was least certain of.',
  query: z.object({
    order: z.enum(['newest', 'uncertain']).default('newest'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answers: { 200: reviewAnswer },
  handle: async ({ query: { order, limit } }, { db }: Given) => ({
    body: { notes: await db.batches.notesToReview(order, limit) },
  }),
});
