import { type DataSet, z } from '@banknote-loop/shared';
import { dataSetAnswer, samplesAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';

/** The declaration as the page and other programs read it: names, features, classes. */
export const getDataSet = route({
  method: 'GET',
  path: '/data-set',
  summary: 'What this service is about: its features in their order, and its classes.',
  scope: 'open',
  answer: dataSetAnswer,
  handle: async (_input, { dataSet }: Pick<Context, 'dataSet'>) => ({ body: dataSet }),
});

export function getSamples(dataSet: DataSet) {
  return route({
    method: 'GET',
    path: '/samples',
    summary: `${dataSet.items} of the data set, picked at random, with what they are known to be.`,
    query: z.object({ count: z.coerce.number().int().min(1).max(500).default(10) }),
    scope: 'notes:read',
    answer: samplesAnswer(dataSet),
    handle: async ({ query: { count } }, { db }: Context) => ({
      body: { samples: await db.training.drawSamples(count) },
    }),
  });
}
