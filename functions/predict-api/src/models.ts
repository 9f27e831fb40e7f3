import { modelAnswer, modelPath, modelsAnswer } from '@banknote-loop/shared/contract';

import { HttpError, route } from '@banknote-loop/shared/http';
import type { Given } from './given.ts';

const newest = 100;

export const getModels = route({
  method: 'GET',
  path: '/models',
  summary: 'The newest models, promoted or refused, and why; and which one answers now.',
  answers: { 200: modelsAnswer },

  async handle(_input, { db }: Pick<Given, 'db'>) {
    const [models, live] = await Promise.all([db.models.newest(newest), db.models.live()]);
    return { body: { models, live: live ? pick(live) : null } };
  },
});

type Live = NonNullable<Awaited<ReturnType<Given['db']['models']['live']>>>;

function pick({ kind, model_file_name, made_by, why, created }: Live) {
  return { kind, model_file_name, made_by, why, created };
}

export const getModel = route({
  method: 'GET',
  path: '/models/{name}',
  summary: 'One model: what it learned from, how it was judged, and against which other.',
  params: modelPath,
  answers: { 200: modelAnswer },

  async handle({ params: { name } }, { db }: Pick<Given, 'db'>) {
    const [model, live] = await Promise.all([db.models.find(name), db.models.live()]);
    if (!model) throw new HttpError(404, `There is no model ${name}.`);
    return { body: { ...model, live: live?.model_file_name === name } };
  },
});
