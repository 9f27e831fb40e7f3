import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../api.ts';
import { useLiveEvents } from '../live-events.ts';
import { keyOf, type ReviewItem } from './draft-ratings.ts';

/**
 * Whether items have come that are not on the list yet. A list that moves under the reader's eyes is no help, so they
 * wait until the list is loaded again; only an empty list loads itself.
 */
export function useNewItems(listed: readonly ReviewItem[], reload: () => void): boolean {
  const [hasNew, setHasNew] = useState(false);
  const latest = useRef(listed);
  latest.current = listed;
  useEffect(() => setHasNew(false), [listed]);
  const check = useCallback(async () => {
    if (latest.current.length === 0) return reload();
    const { notes: newest } = await get('/review?order=newest&limit=1');
    const known = new Set(latest.current.map(keyOf));
    if (newest.some(item => !known.has(keyOf(item)))) setHasNew(true);
  }, [reload]);
  useLiveEvents(
    ['batch'],
    useCallback(() => void check().catch(() => {}), [check]),
  );
  return hasNew;
}
