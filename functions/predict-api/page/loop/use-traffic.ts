import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type LiveEvent, useLiveEvents } from '../live-events.ts';

/** A message on its way along the arrows of a topic. */
export interface Moving {
  readonly id: number;
  readonly topic: string;
  readonly delayMs: number;
}

/** The topics that messages have gone through when something has happened, in their order. */
const topicsOf: Readonly<Record<LiveEvent, readonly string[]>> = {
  batch: ['request', 'prediction'],
  feedback: ['feedback', 'training', 'job'],
  job: ['model'],
  model: [],
  'dead-letter': [],
};

export const travelMs = 900;
/** More at once would be a blur. */
const mostAtOnce = 40;

/** The messages that are to be seen moving at the moment. */
export function useTraffic(): readonly Moving[] {
  const [moving, setMoving] = useState<readonly Moving[]>([]);
  const next = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const send = useCallback((event: LiveEvent) => {
    const sent = topicsOf[event].map((topic, i): Moving => {
      next.current += 1;
      return { id: next.current, topic, delayMs: i * travelMs };
    });
    if (sent.length === 0) return;
    setMoving(before => [...before, ...sent].slice(-mostAtOnce));
    const timer = setTimeout(
      () => {
        timers.current.delete(timer);
        setMoving(before => before.filter(one => !sent.includes(one)));
      },
      (sent.length + 0.2) * travelMs,
    );
    timers.current.add(timer);
  }, []);
  useLiveEvents(['batch', 'feedback', 'job'], send);
  useEffect(
    () => () => {
      for (const timer of timers.current) clearTimeout(timer);
    },
    [],
  );
  return moving;
}
