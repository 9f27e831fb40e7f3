import { topics, z } from '@banknote-loop/shared';
import {
  acceptedRatings,
  type BatchSummaryAnswer,
  batchAnswer,
  batchPage,
  batchPath,
  batchSummaries,
  ratingsBody,
} from '@banknote-loop/shared/contract';

import { HttpError, route } from '@banknote-loop/shared/http';
import { untilStored } from './batch-watch.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { fromEither } from './either.ts';
import type { Given } from './given.ts';

const pageSize = 100;

export const getBatches = route({
  method: 'GET',
  path: '/batches',
  summary: 'The newest batches and how their notes were judged; older ones page by page.',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(pageSize).default(pageSize),
    /** The `next` of the page before. */
    cursor: z.string().optional(),
  }),
  answers: { 200: batchPage },

  async handle({ query: { limit, cursor } }, given: Given) {
    const { entries, source } = await readPage(given, limit, cursor);
    const last = entries.at(-1);
    return {
      body: { batches: entries, source, next: last && entries.length === limit ? encodeCursor(last) : null },
    };
  },
});

/** Redis has only the newest. */
async function readPage(given: Given, limit: number, cursor: string | undefined) {
  if (cursor === undefined) {
    return fromEither<BatchSummaryAnswer>(
      given,
      async cache => batchSummaries.parse(await cache.newestBatches(limit)),
      db => db.batches.newest(limit),
    );
  }
  const entries = await given.db.batches.older(limit, decodeCursor(cursor));
  return { entries, source: 'database' as const };
}

const longestWaitSeconds = 30;

export const getBatch = route({
  method: 'GET',
  path: '/batches/{id}',
  summary: 'One batch, with the score and the rating of every note; with `wait` as soon as it is predicted.',
  params: batchPath,
  query: z.object({
    /** How many seconds to wait for a prediction that is not there yet. */
    wait: z.coerce.number().min(0).max(longestWaitSeconds).default(0),
  }),
  answers: { 200: batchAnswer },

  async handle({ params: { id }, query: { wait } }, { db, signal }: Given) {
    let notes = await db.batches.notes(id);
    if (notes.length === 0 && wait > 0 && (await untilStored(db, id, { seconds: wait, signal }))) {
      notes = await db.batches.notes(id);
    }
    if (notes.length === 0) throw new HttpError(404, `There is no batch ${id}, or none yet.`);
    return { body: { batch_id: id, notes } };
  },
});

export const patchBatch = route({
  method: 'PATCH',
  path: '/batches/{id}',
  summary:
    'Says which predictions of a batch were right (1) and which wrong (0), or takes a rating back (null).',
  scope: 'notes:rate',
  params: batchPath,
  body: ratingsBody,
  answers: { 202: acceptedRatings },

  async handle({ params: { id }, body }, { publish }: Given) {
    await publish(topics.feedback, { batch_id: id, ...body });
    return { status: 202, body: { batch_id: id, ...body } };
  },
});
