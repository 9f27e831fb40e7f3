import type { ReviewNote } from '@banknote-loop/shared/contract';
import { call } from '../api.ts';

export type ReviewItem = ReviewNote;

/** A reviewer's word on an answer: right, or wrong and, of more than two classes, what it is as far as that is known. */
export interface Mark {
  readonly rating: 0 | 1;
  readonly label: string | null;
}

export const right: Mark = { rating: 1, label: null };
export const wrong: Mark = { rating: 0, label: null };

/** One change of a mark; the list of them is what undo goes back along. */
interface Change {
  readonly item: ReviewItem;
  readonly before: Mark | undefined;
}

/** Marks that are not saved yet. */
export interface DraftRatings {
  readonly byItem: ReadonlyMap<string, { readonly item: ReviewItem; readonly mark: Mark }>;
  readonly changes: readonly Change[];
}

export const noRatings: DraftRatings = { byItem: new Map(), changes: [] };

export function keyOf({ batch_id, subject }: ReviewItem): string {
  return `${batch_id} ${subject}`;
}

/** What it is called says whether the answer was right. */
export function markFor({ prediction }: ReviewItem, label: string): Mark {
  return prediction === label ? right : { rating: 0, label };
}

/** Marking an item the same way again takes the mark off. */
export function withMark(drafts: DraftRatings, item: ReviewItem, mark: Mark): DraftRatings {
  const before = drafts.byItem.get(keyOf(item))?.mark;
  const isSame = before?.rating === mark.rating && before.label === mark.label;
  const byItem = replaced(drafts, item, isSame ? undefined : mark);
  return { byItem, changes: [...drafts.changes, { item, before }] };
}

export function withoutLastChange(drafts: DraftRatings): DraftRatings {
  const last = drafts.changes.at(-1);
  if (!last) return drafts;
  return { byItem: replaced(drafts, last.item, last.before), changes: drafts.changes.slice(0, -1) };
}

function replaced(
  { byItem }: DraftRatings,
  item: ReviewItem,
  mark: Mark | undefined,
): DraftRatings['byItem'] {
  const next = new Map(byItem);
  if (mark === undefined) next.delete(keyOf(item));
  else next.set(keyOf(item), { item, mark });
  return next;
}

/** What is still to be saved after `sent` has been: marks that are new or other ones since. */
export function withoutSent({ byItem, changes }: DraftRatings, sent: DraftRatings): DraftRatings {
  const isSent = (key: string): boolean => byItem.get(key)?.mark === sent.byItem.get(key)?.mark;
  return {
    byItem: new Map([...byItem].filter(([key]) => !isSent(key))),
    changes: changes.filter(({ item }) => !isSent(keyOf(item))),
  };
}

/** Takes back what was said of an item. */
export async function withdrawRating({ batch_id, subject }: ReviewItem, reviewer: string): Promise<void> {
  await call('PATCH', `/batches/${batch_id}`, {
    subjects: [subject],
    ratings: [null],
    ...(reviewer.trim() ? { reviewer: reviewer.trim() } : {}),
  });
}

/** Sends the ratings, a request for each batch; answers with the batches that receipts can be asked for. */
export async function sendRatings({ byItem }: DraftRatings, reviewer: string): Promise<readonly string[]> {
  const batches = Map.groupBy(byItem.values(), ({ item }) => item.batch_id);
  await Promise.all(
    [...batches].map(([batchId, rated]) =>
      call('PATCH', `/batches/${batchId}`, {
        subjects: rated.map(({ item }) => item.subject),
        ratings: rated.map(({ mark }) => mark.rating),
        ...(rated.some(({ mark }) => mark.label !== null)
          ? { labels: rated.map(({ mark }) => mark.label) }
          : {}),
        ...(reviewer.trim() ? { reviewer: reviewer.trim() } : {}),
      }),
    ),
  );
  return [...batches.keys()];
}
