import { z } from '@banknote-loop/shared';
import { samplesAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Given } from './given.ts';

export const getSamples = route({
  method: 'GET',
  path: '/samples',
  summary: 'Notes of the data set, drawn by lot, with what they are known to be.',
  query: z.object({ count: z.coerce.number().int().min(1).max(500).default(10) }),
  answers: { 200: samplesAnswer },
  handle: async ({ query: { count } }, { db }: Given) => ({
    body: { samples: await db.training.drawSamples(count) },
  }),
});
