import { useRef, useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import type { Cause } from './causes.ts';

/** How far a replay has come. */
interface Replay {
  readonly key: string;
  readonly done: number;
  readonly total: number;
}

/** So many letters go with one request. */
const portion = 20;

/** Publishes the letters of a cause again, some at a time, until all are done or somebody stops it. */
export function useReplay(reload: () => void) {
  const [replay, setReplay] = useState<Replay>();
  const [notice, setNotice] = useState('');
  const [failure, setFailure] = useState<string>();
  const isStopped = useRef(false);
  const start = async ({ key, letters }: Cause): Promise<void> => {
    isStopped.current = false;
    setFailure(undefined);
    const total = letters.length;
    let published = 0;
    try {
      for (let at = 0; at < total && !isStopped.current; at += portion) {
        setReplay({ key, done: at, total });
        const ids = letters.slice(at, at + portion).map(({ id }) => id);
        const { replayed } = await call<{ readonly replayed: number }>('POST', '/dead-letters/replay', {
          ids,
        });
        published += replayed;
      }
      setNotice(`${published} ${published === 1 ? 'message has' : 'messages have'} been published again.`);
    } catch (problem) {
      setFailure(messageOf(problem));
    } finally {
      setReplay(undefined);
      reload();
    }
  };
  const stop = (): void => {
    isStopped.current = true;
  };
  return { replay, notice, failure, start, stop };
}
