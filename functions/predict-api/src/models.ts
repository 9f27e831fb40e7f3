import { topics, z } from '@banknote-loop/shared';
import {
  acceptedModel,
  modelAnswer,
  modelPath,
  modelsAnswer,
  qualityAnswer,
  trendsAnswer,
} from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import { submitModel } from '@banknote-loop/shared/models';
import { checkQuality } from '@banknote-loop/shared/quality';
import type { Context } from './context.ts';

const newest = 100;

export const getModels = route({
  method: 'GET',
  path: '/models',
  summary: 'The newest models, promoted or refused, and why; and which one answers now.',
  scope: 'models:read',
  answer: modelsAnswer,

  async handle(_input, { db }: Pick<Context, 'db'>) {
    const [models, live] = await Promise.all([db.models.newest(newest), db.models.live()]);
    return { body: { models, live: live ? pick(live) : null } };
  },
});

type Live = NonNullable<Awaited<ReturnType<Context['db']['models']['live']>>>;

function pick({ kind, model_file_name, made_by, why, created }: Live) {
  return { kind, model_file_name, made_by, why, created };
}

export const getModel = route({
  method: 'GET',
  path: '/models/{name}',
  summary: 'One model: what it learned from, how it was judged, and against which other.',
  params: modelPath,
  scope: 'models:read',
  answer: modelAnswer,

  async handle({ params: { name } }, { db }: Pick<Context, 'db'>) {
    const [model, live] = await Promise.all([db.models.find(name), db.models.live()]);
    if (!model) throw new HttpError(404, `There is no model ${name}.`);
    return { body: { ...model, live: live?.model_file_name === name } };
  },
});

export const postModel = route({
  method: 'POST',
  path: '/models',
  summary:
    'Takes a model from elsewhere in, as ONNX or as a file of our own format: it is judged against the one that answers.',
  scope: 'models:manage',
  body: z.custom<Buffer>(value => Buffer.isBuffer(value)),
  file: { types: ['application/octet-stream', 'application/json'], mostBytes: 28 * 1024 * 1024 },
  status: 202,
  answer: acceptedModel,

  async handle({ body }, { dataSet, db, store, publish, caller, principal }: Context) {
    const job = await submitModel(body, { dataSet, db, store, by: principal });
    await db.audit.record({
      who: principal,
      address: caller.address,
      action: 'model-import',
      target: job.candidate,
      after: { job_id: job.batch_id },
    });
    await publish(topics.job, job);
    return { body: { job_id: job.batch_id, result: '/models' } };
  },
});

export const getQuality = route({
  method: 'GET',
  path: '/quality',
  summary: 'How right people find the models, and whether items are still like those that were learned from.',
  scope: 'models:read',
  answer: qualityAnswer,
  handle: async (_input, { db, quality, log }: Pick<Context, 'db' | 'quality' | 'log'>) => ({
    body: await checkQuality(db, quality, log),
  }),
});

export const getTrends = route({
  method: 'GET',
  path: '/trends',
  summary:
    'How drift, labels that are set aside and the age of queues have been, as often as somebody measured them.',
  query: z.object({ days: z.coerce.number().int().min(1).max(90).default(30) }),
  scope: 'models:read',
  answer: trendsAnswer,
  handle: async ({ query: { days } }, { db }: Pick<Context, 'db'>) => ({
    body: { trends: await db.figures.trends(days) },
  }),
});
