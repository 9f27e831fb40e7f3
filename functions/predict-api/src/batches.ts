import { topics } from '@banknote-loop/shared';
import { ratingsBody } from '@banknote-loop/shared/contract/messages.ts';
import { batchPath } from '@banknote-loop/shared/contract/notes.ts';
import { HttpError, route } from '@banknote-loop/shared/http/route.ts';
import { fromEither } from './either.ts';
import type { Given } from './given.ts';

const newest = 100;

export const getBatches = route({
  method: 'GET',
  path: '/batches',
  summary: 'The newest batches and how their notes were judged.',

  async handle(_input, given: Given) {
    const { entries, source } = await fromEither(
      given,
      cache => cache.newestBatches(newest),
      db => db.newestBatches(newest),
    );
    return { body: { batches: entries, source } };
  },
});

export const getBatch = route({
  method: 'GET',
  path: '/batches/{id}',
  summary: 'One batch, with the score and the rating of every note.',
  params: batchPath,

  async handle({ params: { id } }, { db }: Given) {
    const notes = await db.batch(id);
    if (notes.length === 0) throw new HttpError(404, `There is no batch ${id}, or none yet.`);
    return { body: { batch_id: id, notes } };
  },
});

export const patchBatch = route({
  method: 'PATCH',
  path: '/batches/{id}',
  summary:
    'Says which predictions of a batch were right (1) and which wrong (0), or takes a rating back (null).',
  params: batchPath,
  body: ratingsBody,

  async handle({ params: { id }, body }, { publish }: Given) {
    await publish(topics.feedback, { batch_id: id, ...body });
    return { status: 202, body: { batch_id: id, ...body } };
  },
});
