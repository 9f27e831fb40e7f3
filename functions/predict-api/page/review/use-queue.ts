import type { LeaseAnswer, ReviewOrder } from '@banknote-loop/shared/contract';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import { useLiveEvents } from '../live-events.ts';
import { keyOf, type ReviewItem } from './draft-ratings.ts';

/** So many items are taken at a time. */
const portion = 50;
/** With fewer than these left to mark, more are taken, so that nobody ever waits for them. */
const fewLeft = 15;
/** Well before a lease ends. */
const renewEveryMs = 120_000;

/** Tells this window from every other one. */
const holder = crypto.randomUUID();

interface Wish {
  readonly count: number;
  readonly keep?: readonly ReviewItem[];
  readonly handBack?: readonly ReviewItem[];
}

type Progress = Pick<LeaseAnswer, 'left' | 'today' | 'yours'>;

interface Queue {
  readonly items: readonly ReviewItem[];
  /** As it was when items were asked for last. */
  readonly progress: Progress | undefined;
}

const empty: Queue = { items: [], progress: undefined };

/** The items that are this window's to rate: nobody else is shown them meanwhile. */
export function useQueue(order: ReviewOrder, reviewer: string) {
  const [queue, setQueue] = useState<Queue>(empty);
  const [error, setError] = useState<string>();
  const [hasNew, setHasNew] = useState(false);
  const latest = useRef({ queue, reviewer });
  latest.current = { queue, reviewer };
  // What was asked for before the order changed may come later.
  const turn = useRef(0);
  const isAsking = useRef(false);

  const ask = useCallback(
    async (wish: Wish): Promise<void> => {
      if (isAsking.current && !wish.handBack) return;
      isAsking.current = true;
      const mine = turn.current;
      try {
        const { notes, ...progress } = await lease(order, latest.current.reviewer, wish);
        if (mine !== turn.current) return;
        setQueue(({ items }) => ({ items: joined(items, notes), progress }));
        setError(undefined);
      } catch (failure) {
        if (mine === turn.current) setError(messageOf(failure));
      } finally {
        isAsking.current = false;
      }
    },
    [order],
  );

  const restart = useCallback(() => {
    const { items } = latest.current.queue;
    turn.current += 1;
    setHasNew(false);
    setQueue(empty);
    void ask({ count: portion, handBack: items });
  }, [ask]);

  const fetchMore = useCallback(
    () => void ask({ count: portion, keep: latest.current.queue.items.slice(-keptAtMost) }),
    [ask],
  );

  useEffect(() => {
    restart();
    return () => {
      turn.current += 1;
    };
  }, [restart]);
  useEffect(() => handBackOnLeave(() => latest.current.queue.items), []);
  useEffect(() => {
    const renew = (): void => {
      const { items } = latest.current.queue;
      if (items.length > 0 && document.visibilityState === 'visible') void ask({ count: 0, keep: items });
    };
    const timer = setInterval(renew, renewEveryMs);
    return () => clearInterval(timer);
  }, [ask]);
  // A list that moves under the reader's eyes is no help: what has come waits until somebody wants it.
  useLiveEvents(
    ['batch'],
    useCallback(() => {
      if (latest.current.queue.items.length === 0) fetchMore();
      else setHasNew(true);
    }, [fetchMore]),
  );

  const remove = (keys: ReadonlySet<string>): void =>
    setQueue(before => ({ ...before, items: before.items.filter(item => !keys.has(keyOf(item))) }));
  const putBack = (item: ReviewItem): void =>
    setQueue(before => ({ ...before, items: joined([item], before.items) }));
  return { ...queue, error, hasNew: hasNew && order !== 'look-again', restart, fetchMore, remove, putBack };
}

/** As many as one request takes. */
const keptAtMost = 200;

function lease(order: ReviewOrder, reviewer: string, { count, keep = [], handBack = [] }: Wish) {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  return call<LeaseAnswer>('POST', '/review/leases', {
    holder,
    order,
    count,
    keep: keep.map(named),
    hand_back: handBack.map(named),
    since: midnight.toISOString(),
    ...(reviewer.trim() ? { reviewer: reviewer.trim() } : {}),
  });
}

function named({ batch_id, subject }: ReviewItem) {
  return { batch_id, subject };
}

function joined(items: readonly ReviewItem[], more: readonly ReviewItem[]): readonly ReviewItem[] {
  const known = new Set(items.map(keyOf));
  return [...items, ...more.filter(item => !known.has(keyOf(item)))];
}

/** Others need not wait for the leases of somebody who has gone to another view, or closed the window. */
function handBackOnLeave(items: () => readonly ReviewItem[]): () => void {
  const leave = (): void => {
    const handBack = items();
    if (handBack.length > 0) void lease('newest', '', { count: 0, handBack }).catch(() => {});
  };
  addEventListener('pagehide', leave);
  return () => {
    removeEventListener('pagehide', leave);
    leave();
  };
}

/** Whether it is time for more: so many are marked that few are left. */
export function needsMore({ items, progress }: Queue, marked: number): boolean {
  const unmarked = items.length - marked;
  return progress !== undefined && unmarked < fewLeft && progress.left > items.length;
}
