import { route } from '@banknote-loop/shared/http/route.ts';
import { fromEither } from './either.ts';
import type { Given } from './given.ts';

const newest = 100;

export const getJobs = route({
  method: 'GET',
  path: '/jobs',
  summary: 'The newest trainings.',

  async handle(_input, given: Given) {
    const { entries, source } = await fromEither(
      given,
      cache => cache.newestJobs(newest),
      db => db.newestJobs(newest),
    );
    return { body: { jobs: entries, source } };
  },
});

export const getModels = route({
  method: 'GET',
  path: '/models',
  summary: 'The newest models, promoted or refused, and why.',

  handle: async (_input, { db }: Given) => ({ body: { models: await db.newestModels(newest) } }),
});
