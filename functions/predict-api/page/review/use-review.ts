import type { ReviewOrder } from '@banknote-loop/shared/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { useOwnName } from '../session.tsx';
import {
  type DraftRatings,
  keyOf,
  type Mark,
  markFor,
  noRatings,
  type ReviewItem,
  sendRatings,
  withdrawRating,
  withMark,
  withoutLastChange,
  withoutSent,
} from './draft-ratings.ts';
import { needsMore, useQueue } from './use-queue.ts';

export const orders = {
  newest: 'newest',
  uncertain: 'least certain',
  unlike: 'most unlike',
  valuable: 'most valuable',
  'look-again': 'most suspicious',
} as const satisfies Readonly<Record<ReviewOrder, string>>;

/** So many marks are saved without being asked for: nobody loses more than these. */
const savedAtOnce = 25;

/** The items to be rated, the ratings that are given here, and what a reviewer can do with them. */
export function useReview() {
  const [order, setOrder] = useState<ReviewOrder>('newest');
  const [reviewer, setReviewer] = useOwnName();
  const queue = useQueue(order, reviewer);
  const ratings = useRatings(reviewer, queue.remove);
  const { items } = queue;
  const { drafts } = ratings;
  const { current, moveTo, moveToItem } = useCurrent(items, drafts);
  const rate = (item: ReviewItem, mark: Mark): void => {
    ratings.rate(item, mark);
    moveToItem(items[items.indexOf(item) + 1]);
  };
  const rateCurrent = (markOf: (item: ReviewItem) => Mark): void => {
    const item = items[current];
    if (item) rate(item, markOf(item));
  };
  const undo = async (): Promise<void> => {
    const item = drafts.changes.at(-1)?.item ?? (await ratings.withdrawLast());
    if (!item) return;
    if (drafts.changes.length > 0) ratings.undoMark();
    else queue.putBack(item);
    moveToItem(item);
  };
  const marked = drafts.byItem.size;
  const { fetchMore } = queue;
  const isRunningOut = needsMore(queue, marked);
  useEffect(() => {
    if (isRunningOut) fetchMore();
  }, [isRunningOut, fetchMore]);
  return {
    ...queue,
    ...ratings,
    order,
    setOrder,
    reviewer,
    setReviewer,
    isLoading: queue.progress === undefined && queue.error === undefined,
    isEmpty: queue.progress !== undefined && items.length === 0,
    error: queue.error ?? ratings.error,
    current,
    moveTo,
    rate,
    /** Marks an item without leaving it. */
    mark: ratings.rate,
    rateCurrent,
    nameCurrent: (label: string): void => rateCurrent(item => markFor(item, label)),
    undo,
    canUndo: drafts.changes.length > 0 || ratings.saved.length > 0,
    /** Rated at this sitting, saved or not. */
    rated: ratings.saved.length + marked,
  };
}

/** The place in the list that the shortcuts act on: where somebody went, else the first item without a mark. */
function useCurrent(items: readonly ReviewItem[], { byItem }: DraftRatings) {
  const [key, setKey] = useState<string>();
  const found = items.findIndex(item => keyOf(item) === key);
  const unmarked = items.findIndex(item => !byItem.has(keyOf(item)));
  const current = found >= 0 ? found : unmarked >= 0 ? unmarked : items.length;
  const moveToItem = (item: ReviewItem | undefined): void => setKey(item && keyOf(item));
  const moveTo = (index: number): void => moveToItem(items[Math.max(0, Math.min(index, items.length - 1))]);
  return { current, moveTo, moveToItem };
}

interface Saved {
  readonly item: ReviewItem;
}

/** The ratings of this sitting: those that are not saved yet, and what has been saved. */
function useRatings(reviewer: string, onSaved: (keys: ReadonlySet<string>) => void) {
  const [drafts, setDrafts] = useState(noRatings);
  // What holds at this moment: a rating that is saved between two pictures of the page must not be saved again.
  const latest = useRef(noRatings);
  const [saved, setSaved] = useState<readonly Saved[]>([]);
  const [batches, setBatches] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const saving = useRef({ isWanted: false, isRunning: false });
  const change = (next: DraftRatings): void => {
    latest.current = next;
    setDrafts(next);
  };
  const saveOnce = async (): Promise<void> => {
    const sent = latest.current;
    const ofBatches = await sendRatings(sent, reviewer);
    setBatches(before => [...new Set([...ofBatches, ...before])]);
    setSaved(before => [...before, ...sent.byItem.values()]);
    onSaved(new Set(sent.byItem.keys()));
    // Marks that were given meanwhile are still to be saved.
    change(withoutSent(latest.current, sent));
  };
  const save = async (): Promise<void> => {
    saving.current.isWanted = true;
    if (saving.current.isRunning) return;
    saving.current.isRunning = true;
    setError(undefined);
    try {
      while (saving.current.isWanted && latest.current.byItem.size > 0) {
        saving.current.isWanted = false;
        await saveOnce();
      }
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      saving.current = { isWanted: false, isRunning: false };
    }
  };
  const rate = (item: ReviewItem, mark: Mark): void => {
    change(withMark(latest.current, item, mark));
    if (latest.current.byItem.size >= savedAtOnce) void save();
  };
  /** Takes back what was saved last; answers the item that it was about. */
  const withdrawLast = async (): Promise<ReviewItem | undefined> => {
    const last = saved.at(-1);
    if (!last) return undefined;
    try {
      await withdrawRating(last.item, reviewer);
      setSaved(before => before.filter(one => one !== last));
      return last.item;
    } catch (failure) {
      setError(messageOf(failure));
      return undefined;
    }
  };
  const undoMark = (): void => change(withoutLastChange(latest.current));
  return { drafts, saved, batches, error, rate, save, undoMark, withdrawLast };
}
