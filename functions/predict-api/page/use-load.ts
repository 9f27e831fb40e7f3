import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, get, messageOf } from './api.ts';
import { type LiveEvent, useLiveEvents } from './live-events.ts';

export interface Loaded<Body> {
  readonly data: Body | undefined;
  readonly error: string | undefined;
  readonly reload: () => void;
}

interface Options {
  /** Loads again when one of these has happened. */
  readonly on?: readonly LiveEvent[];
  readonly everyMs?: number;
}

/** Loads an answer and keeps it fresh; what was there before stays visible meanwhile. */
export function useLoad<Address extends string>(
  address: Address | undefined,
  { on = [], everyMs }: Options = {},
): Loaded<Answer<Address>> {
  const [data, setData] = useState<Answer<Address>>();
  const [error, setError] = useState<string>();
  // An answer that was asked for earlier may come later: only the latest counts.
  const latest = useRef(0);
  const reload = useCallback(() => {
    if (address === undefined) return;
    latest.current += 1;
    const request = latest.current;
    const isLatest = (): boolean => latest.current === request;
    get(address).then(
      answer => {
        if (!isLatest()) return;
        setData(answer);
        setError(undefined);
      },
      failure => isLatest() && setError(messageOf(failure)),
    );
  }, [address]);

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
