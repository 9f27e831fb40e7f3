import type { ReviewNote } from '@banknote-loop/shared/contract';
import { call } from '../api.ts';

export type Rating = 0 | 1;

/** One change of a rating; the list of them is what undo goes back along. */
interface Change {
  readonly note: ReviewNote;
  readonly before: Rating | undefined;
}

/** Ratings that are not saved yet. */
export interface DraftRatings {
  readonly byNote: ReadonlyMap<string, { readonly note: ReviewNote; readonly rating: Rating }>;
  readonly changes: readonly Change[];
}

export const noRatings: DraftRatings = { byNote: new Map(), changes: [] };

export function keyOf({ batch_id, subject }: ReviewNote): string {
  return `${batch_id} ${subject}`;
}

/** Rating a note the same way again takes the rating off. */
export function withRating(drafts: DraftRatings, note: ReviewNote, rating: Rating): DraftRatings {
  const before = drafts.byNote.get(keyOf(note))?.rating;
  const after = before === rating ? undefined : rating;
  return { byNote: replaced(drafts, note, after), changes: [...drafts.changes, { note, before }] };
}

export function withoutLastChange(drafts: DraftRatings): DraftRatings {
  const last = drafts.changes.at(-1);
  if (!last) return drafts;
  return { byNote: replaced(drafts, last.note, last.before), changes: drafts.changes.slice(0, -1) };
}

function replaced(
  { byNote }: DraftRatings,
  note: ReviewNote,
  rating: Rating | undefined,
): DraftRatings['byNote'] {
  const next = new Map(byNote);
  if (rating === undefined) next.delete(keyOf(note));
  else next.set(keyOf(note), { note, rating });
  return next;
}

/** Sends the ratings, a request for each batch; answers with the batches that receipts can be asked for. */
export async function sendRatings({ byNote }: DraftRatings, reviewer: string): Promise<readonly string[]> {
  const batches = Map.groupBy(byNote.values(), ({ note }) => note.batch_id);
  await Promise.all(
    [...batches].map(([batchId, rated]) =>
      call('PATCH', `/batches/${batchId}`, {
        subjects: rated.map(({ note }) => note.subject),
        ratings: rated.map(({ rating }) => rating),
        ...(reviewer.trim() ? { reviewer: reviewer.trim() } : {}),
      }),
    ),
  );
  return [...batches.keys()];
}
