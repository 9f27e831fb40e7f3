import { qualityAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import { checkQuality } from '@banknote-loop/shared/quality';
import type { Given } from './given.ts';

export const getQuality = route({
  method: 'GET',
  path: '/quality',
  summary: 'How right people find the models, and whether notes are still like those that were learned from.',
  answers: { 200: qualityAnswer },
  handle: async (_input, { db, quality, log }: Pick<Given, 'db' | 'quality' | 'log'>) => ({
    body: await checkQuality(db, quality, log),
  }),
});
