import { useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { useOwnName } from '../session.tsx';
import { useLoad } from '../use-load.ts';
import {
  type DraftRatings,
  keyOf,
  type Mark,
  markFor,
  noRatings,
  type ReviewItem,
  sendRatings,
  withMark,
  withoutLastChange,
} from './draft-ratings.ts';
import { useNewItems } from './use-new-items.ts';

export const orders = {
  newest: 'newest',
  uncertain: 'least certain',
  unlike: 'never seen',
  'look-again': 'look again',
} as const;
export type Order = keyof typeof orders;

const none: readonly ReviewItem[] = [];

/** The items to be rated, the ratings that are given here, and what a reviewer can do with them. */
export function useReview() {
  const ratings = useRatings();
  const list = useItemsToRate(ratings.rated);
  const { items } = list;
  const [current, moveTo] = useCurrent(items.length);
  const rate = (item: ReviewItem, mark: Mark): void => {
    ratings.rate(item, mark);
    moveTo(items.indexOf(item) + 1);
  };
  const rateCurrent = (mark: Mark): void => {
    const item = items[current];
    if (item) rate(item, mark);
  };
  const nameCurrent = (label: string): void => {
    const item = items[current];
    if (item) rate(item, markFor(item, label));
  };
  const save = async (): Promise<void> => {
    if (await ratings.save()) moveTo(0);
  };
  return {
    ...ratings,
    ...list,
    error: list.error ?? ratings.error,
    current,
    moveTo,
    rate,
    /** Marks an item without leaving it. */
    mark: ratings.rate,
    rateCurrent,
    nameCurrent,
    save,
  };
}

/** The items that are still to be rated, in the order that was asked for. */
function useItemsToRate(rated: ReadonlySet<string>) {
  const [order, setOrder] = useState<Order>('newest');
  const { data, error, reload } = useLoad(`/review?order=${order}`);
  const listed = data?.notes ?? none;
  const items = listed.filter(item => !rated.has(keyOf(item)));
  const hasNew = useNewItems(listed, reload) && order !== 'look-again';
  return { items, isEmpty: data !== undefined && items.length === 0, error, order, setOrder, hasNew, reload };
}

/** The position in a list that the shortcuts act on. */
function useCurrent(length: number) {
  const [current, setCurrent] = useState(0);
  const moveTo = (index: number): void => setCurrent(Math.max(0, Math.min(index, length - 1)));
  return [current, moveTo] as const;
}

/** The ratings of this visit: those that are not saved yet, and what has been saved. */
function useRatings() {
  const [drafts, setDrafts] = useState(noRatings);
  const [reviewer, setReviewer] = useOwnName();
  const [rated, setRated] = useState<ReadonlySet<string>>(new Set());
  const [batches, setBatches] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const rate = (item: ReviewItem, mark: Mark): void => setDrafts(before => withMark(before, item, mark));
  const undo = (): void => setDrafts(withoutLastChange);
  const markSaved = (sent: DraftRatings, ofBatches: readonly string[]): void => {
    setBatches(before => [...new Set([...ofBatches, ...before])]);
    setRated(before => new Set([...before, ...sent.byItem.keys()]));
    setDrafts(noRatings);
  };
  /** Says whether anything was saved. */
  const save = async (): Promise<boolean> => {
    if (drafts.byItem.size === 0) return false;
    setError(undefined);
    try {
      markSaved(drafts, await sendRatings(drafts, reviewer));
      return true;
    } catch (failure) {
      setError(messageOf(failure));
      return false;
    }
  };
  return { drafts, reviewer, setReviewer, rated, batches, error, rate, undo, save };
}
