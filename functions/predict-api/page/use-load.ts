import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, messageOf } from './api.ts';
import { type LiveEvent, useLiveEvents } from './live-events.ts';

export interface Loaded<Answer> {
  readonly data: Answer | undefined;
  readonly error: string | undefined;
  readonly reload: () => void;
}

interface Options {
  /** Loads again when one of these has happened. */
  readonly on?: readonly LiveEvent[];
  readonly everyMs?: number;
}

/** Loads an answer and keeps it fresh; what was there before stays visible meanwhile. */
export function useLoad<Answer>(
  path: string | undefined,
  { on = [], everyMs }: Options = {},
): Loaded<Answer> {
  const [data, setData] = useState<Answer>();
  const [error, setError] = useState<string>();
  // An answer that was asked for earlier may come later: only the latest counts.
  const latest = useRef(0);
  const reload = useCallback(() => {
    if (path === undefined) return;
    latest.current += 1;
    const request = latest.current;
    const isLatest = (): boolean => latest.current === request;
    get<Answer>(path).then(
      answer => {
        if (!isLatest()) return;
        setData(answer);
        setError(undefined);
      },
      failure => isLatest() && setError(messageOf(failure)),
    );
  }, [path]);

  useEffect(() => {
    setData(undefined);
    reload();
    return () => {
      latest.current += 1;
    };
  }, [reload]);
  useLiveEvents(on, reload);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  return { data, error, reload };
}
