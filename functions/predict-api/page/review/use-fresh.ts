import type { ReviewNote } from '@banknote-loop/shared/contract';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../api.ts';
import { useNews } from '../live.ts';
import { keyOf } from './marks.ts';

/**
 * Whether notes have come that are not on the list yet, and what shows them. A list that moves under the reader's eyes
 * is no help, so they wait until they are asked for; only an empty list fills itself.
 */
export function useFresh(listed: readonly ReviewNote[], reload: () => void): readonly [boolean, () => void] {
  const [hasFresh, setFresh] = useState(false);
  const latest = useRef(listed);
  latest.current = listed;
  useEffect(() => setFresh(false), [listed]);
  const look = useCallback(async () => {
    if (latest.current.length === 0) return reload();
    const { notes } = await get('/review?order=newest&limit=1');
    const known = new Set(latest.current.map(keyOf));
    if (notes.some(note => !known.has(keyOf(note)))) setFresh(true);
  }, [reload]);
  useNews(
    ['batch'],
    useCallback(() => void look().catch(() => {}), [look]),
  );
  return [hasFresh, reload];
}
