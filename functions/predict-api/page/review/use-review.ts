import type { ReviewNote } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { useLoad } from '../use-load.ts';
import { useLocalStorage } from '../use-local-storage.ts';
import {
  type DraftRatings,
  keyOf,
  noRatings,
  type Rating,
  sendRatings,
  withoutLastChange,
  withRating,
} from './draft-ratings.ts';
import { useNewNotes } from './use-new-notes.ts';

export const orders = { newest: 'newest', uncertain: 'least certain' } as const;
type Order = keyof typeof orders;

const none: readonly ReviewNote[] = [];

/** The notes to be rated, the ratings that are given here, and what a reviewer can do with them. */
export function useReview() {
  const ratings = useRatings();
  const list = useNotesToRate(ratings.rated);
  const { notes } = list;
  const [current, moveTo] = useCurrent(notes.length);
  const rate = (note: ReviewNote, rating: Rating): void => {
    ratings.rate(note, rating);
    moveTo(notes.indexOf(note) + 1);
  };
  const rateCurrent = (rating: Rating): void => {
    const note = notes[current];
    if (note) rate(note, rating);
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
    rateCurrent,
    save,
  };
}

/** The notes that are still to be rated, in the order that was asked for. */
function useNotesToRate(rated: ReadonlySet<string>) {
  const [order, setOrder] = useState<Order>('newest');
  const { data, error, reload } = useLoad(`/review?order=${order}`);
  const listed = data?.notes ?? none;
  const notes = listed.filter(note => !rated.has(keyOf(note)));
  const hasNew = useNewNotes(listed, reload);
  return { notes, isEmpty: data !== undefined && notes.length === 0, error, order, setOrder, hasNew, reload };
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
  const [reviewer, setReviewer] = useLocalStorage('reviewer');
  const [rated, setRated] = useState<ReadonlySet<string>>(new Set());
  const [batches, setBatches] = useState<readonly string[]>([]);
  const [error, setError] = useState<string>();
  const rate = (note: ReviewNote, rating: Rating): void =>
    setDrafts(before => withRating(before, note, rating));
  const undo = (): void => setDrafts(withoutLastChange);
  const markSaved = (sent: DraftRatings, ofBatches: readonly string[]): void => {
    setBatches(before => [...new Set([...ofBatches, ...before])]);
    setRated(before => new Set([...before, ...sent.byNote.keys()]));
    setDrafts(noRatings);
  };
  /** Says whether anything was saved. */
  const save = async (): Promise<boolean> => {
    if (drafts.byNote.size === 0) return false;
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
