import { type DataSet, z } from '@banknote-loop/shared';
import { leaseAnswer, leaseBody, reviewAnswer, reviewOrder } from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';

export function getReview(dataSet: DataSet) {
  return route({
    method: 'GET',
    path: '/review',
    summary: `${dataSet.items} that nobody has rated yet: the newest first, those the model was least certain of, those most unlike anything it had learned from, or those whose label would teach it most; or those whose labels look wrong or are set aside, and why.`,
    query: z.object({
      order: reviewOrder.default('newest'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    scope: 'notes:read',
    answer: reviewAnswer(dataSet),
    handle: async ({ query: { order, limit } }, { db }: Pick<Context, 'db'>) => ({
      body: { notes: await db.reviews.notes(order, limit) },
    }),
  });
}

/** Long enough to look at what is on a screen, and short enough that what somebody has left is soon another's. */
const leaseSeconds = 300;

export function postReviewLeases(dataSet: DataSet) {
  return route({
    method: 'POST',
    path: '/review/leases',
    summary: `Takes ${dataSet.items} for one reviewer, so that no other sees them for five minutes; and says how far the review has come.`,
    scope: 'notes:rate',
    body: leaseBody,
    answer: leaseAnswer(dataSet),

    async handle({ body }, { db, caller }: Pick<Context, 'db' | 'caller'>) {
      const { verified, principal, scopes } = caller;
      if (verified && !scopes.has('notes:read')) {
        throw new HttpError(403, 'To see what is to be rated takes the scope notes:read.');
      }
      const { order, count, keep, hand_back, since, reviewer } = body;
      const window = { holder: body.holder, ...(verified && { principal }) };
      const ends = new Date(Date.now() + leaseSeconds * 1_000);
      await db.reviews.handBack(window, hand_back);
      const notes = await db.reviews.lease({ ...window, order, count, keep, seconds: leaseSeconds });
      const progress = await db.reviews.progress(order, new Date(since), verified ? principal : reviewer);
      return { body: { notes, ends, ...progress } };
    },
  });
}
