import { type DataSet, topics, z } from '@banknote-loop/shared';
import { shareNext } from '@banknote-loop/shared/base';
import {
  acceptedRatings,
  type BatchSummaryAnswer,
  batchAnswer,
  batchId,
  batchPage,
  batchPath,
  type FeedbackMessage,
  ratingsBody,
} from '@banknote-loop/shared/contract';
import {
  type Caller,
  HttpError,
  isAnothers,
  maySee,
  requireOwnBatch,
  route,
} from '@banknote-loop/shared/http';
import type { BatchPosition } from '@banknote-loop/shared/postgres';
import { BatchWatch } from './batch-watch.ts';
import type { Context } from './context.ts';
import { readThrough } from './read-through.ts';

const pageSize = 100;

export function getBatches() {
  const newestPage = shareReads();
  return route({
    method: 'GET',
    path: '/batches',
    summary: 'The newest batches and how their items were judged; older ones page by page.',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(pageSize).default(pageSize),
      /** The `next` of the page before. */
      cursor: z.string().optional(),
    }),
    answer: batchPage,

    async handle({ query: { limit, cursor } }, context: Context) {
      if (cursor === undefined) return ownPart(await newestPage(context, limit), context);
      const older = await context.db.batches.older(limit, decodeCursor(cursor));
      return { ...ownPart(pageOf(older, limit, 'database'), context), isShared: false };
    },
  });
}

function pageOf(batches: readonly BatchSummaryAnswer[], limit: number, source: 'cache' | 'database') {
  const last = batches.at(-1);
  return { batches, source, next: last && batches.length === limit ? encodeCursor(last) : null };
}

type Page = ReturnType<typeof pageOf>;

/** What of a page the caller may see; all who may see everything share it as it is. */
function ownPart(page: Page, { caller, auditRead }: Pick<Context, 'caller' | 'auditRead'>) {
  const batches = page.batches.filter(({ batch_id }) => maySee(caller, batch_id));
  if (batches.some(({ batch_id }) => isAnothers(caller, batch_id))) auditRead('batches');
  const isShared = batches.length === page.batches.length;
  return { body: isShared ? page : { ...page, batches }, isShared };
}

/** Makes what reads the first page, which most want: those who ask for the same length at the same time share one read. */
function shareReads(): (context: Context, limit: number) => Promise<Page> {
  const ofLength = new Map<number, (context: Context) => Promise<Page>>();
  return (context, limit) => {
    const read = ofLength.get(limit) ?? shareNext((asked: Context) => readNewest(asked, limit));
    ofLength.set(limit, read);
    return read(context);
  };
}

/** Redis has only the newest. */
async function readNewest(context: Context, limit: number): Promise<Page> {
  const { entries, source } = await readThrough<BatchSummaryAnswer>(
    context,
    cache => cache.newestBatches(limit),
    db => db.batches.newest(limit),
  );
  return pageOf(entries, limit, source);
}

const cursorContent = z.object({ created: z.iso.datetime(), batch_id: batchId });

/** Where a page ends as one word for an address; nobody but us is to read it. */
function encodeCursor({ created, batch_id }: BatchPosition): string {
  return Buffer.from(JSON.stringify({ created, batch_id })).toString('base64url');
}

function decodeCursor(cursor: string): BatchPosition {
  try {
    return cursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new HttpError(400, 'The cursor is not one that this service gave: take it from "next".', {
      field: 'cursor',
    });
  }
}

const longestWaitSeconds = 30;

export function getBatch(dataSet: DataSet) {
  const watch = new BatchWatch();
  return route({
    method: 'GET',
    path: '/batches/{id}',
    summary: `One batch, with the answer and the rating for every ${dataSet.item}; with \`wait\` as soon as it is predicted.`,
    params: batchPath,
    query: z.object({
      /** How many seconds to wait for a prediction that is not there yet. */
      wait: z.coerce.number().min(0).max(longestWaitSeconds).default(0),
    }),
    answer: batchAnswer(dataSet),

    async handle({ params: { id }, query: { wait } }, { db, signal, caller, auditRead }: Context) {
      requireOwnBatch({ caller, auditRead }, id);
      let notes = await db.batches.notes(id);
      if (notes.length === 0 && wait > 0) {
        const limits = { seconds: wait, signal };
        if (await watch.untilStored(db, id, limits)) notes = await db.batches.notes(id);
      }
      if (notes.length === 0) throw new HttpError(404, `There is no batch ${id}, or none yet.`);
      return { body: { batch_id: id, notes } };
    },
  });
}

export function postFeedback(dataSet: DataSet) {
  return route({
    method: 'POST',
    path: '/feedback',
    summary: 'The same as `PATCH /batches/{id}`, with the id of the batch in the body.',
    scope: 'notes:rate',
    body: acceptedRatings(dataSet),
    status: 202,
    answer: acceptedRatings(dataSet),

    handle: ({ body }, context: Rating) => acceptRatings(body, context),
  });
}

export function patchBatch(dataSet: DataSet) {
  return route({
    method: 'PATCH',
    path: '/batches/{id}',
    summary:
      'Says which predictions of a batch were right (1) and which wrong (0), or takes a rating back (null).',
    scope: 'notes:rate',
    params: batchPath,
    body: ratingsBody(dataSet),
    status: 202,
    answer: acceptedRatings(dataSet),

    handle: ({ params: { id }, body }, context: Rating) => acceptRatings({ batch_id: id, ...body }, context),
  });
}

type Rating = Pick<Context, 'caller' | 'publish' | 'signatures' | 'db'>;

async function acceptRatings(given: FeedbackMessage, context: Rating) {
  const { caller, publish, signatures } = context;
  const feedback = { ...given, ...reviewerOf(given.reviewer, caller) };
  await recordUnusual(feedback, context);
  await publish(topics.feedback, await signatures.sign(feedback, new Date()));
  return { body: feedback };
}

/** What is taken back, and what is said for another, is on record before it takes effect. */
async function recordUnusual(
  { batch_id, subjects, ratings, reviewer }: FeedbackMessage,
  { caller, db }: Pick<Context, 'caller' | 'db'>,
): Promise<void> {
  const isForAnother = caller.verified && reviewer !== caller.principal;
  if (!isForAnother && !ratings.includes(null)) return;
  const named = new Set(subjects);
  const notes = await db.batches.notes(batch_id);
  const before = notes
    .filter(({ subject }) => named.has(subject))
    .map(({ subject, rating, reviewer: by }) => ({ subject, rating, reviewer: by }));
  const after = subjects.map((subject, i) => ({ subject, rating: ratings[i], reviewer }));
  await db.audit.record({
    who: caller.principal,
    address: caller.address,
    action: isForAnother ? 'rating-for-another' : 'withdrawal',
    target: `batch ${batch_id}`,
    before,
    after,
  });
}

/**
 * A reviewer is who the token proves. Whoever may speak for others names them, but a name proves nothing then: however many
 * one caller speaks for, they are as unchecked as any that somebody invents.
 */
function reviewerOf(named: string | undefined, { principal, verified, scopes }: Caller) {
  if (!verified) return { verified: undefined };
  if (named === undefined || named === principal) return { reviewer: principal, verified: true };
  if (scopes.has('notes:rate-for')) return { reviewer: named, verified: undefined };
  throw new HttpError(403, `You rate as ${principal}: to rate for others takes the scope notes:rate-for.`, {
    field: 'reviewer',
  });
}
