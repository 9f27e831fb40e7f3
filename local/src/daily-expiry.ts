import { setTimeout as delay } from 'node:timers/promises';
import type { DataSet } from '@banknote-loop/shared';
import { describe } from '@banknote-loop/shared/base';
import { describeGone, expire, type KeepSettings, keepsForEver } from '@banknote-loop/shared/expiry';
import { asFunction } from './as-function.ts';
import type { Environment } from './services.ts';

export interface Expiring {
  readonly environment: Environment;
  readonly dataSet: DataSet;
  readonly keep: KeepSettings;
  readonly print: (line: string) => void;
}

/**
 * Takes out what has had its time when the loop starts, and once a day after that, as Cloud Scheduler has it done in the
 * cloud. Where all is kept for ever there is nothing to do. Answers how it is ended.
 */
export function expireDaily({ environment, dataSet, keep, print }: Expiring): () => Promise<void> {
  if (keepsForEver(keep)) return async () => {};
  const expireNow = () =>
    asFunction(environment, dataSet, async instance => {
      const { db, cache, store } = await instance.clients();
      const gone = await expire({ db, cache, models: store }, keep);
      for (const line of describeGone(gone)) print(line);
    });
  return everyDay(expireNow, error =>
    print(`What has had its time could not be taken out, and is tried again in a day: ${describe(error)}`),
  );
}

const dayMs = 86_400_000;

type Wait = (
  ms: number,
  value: undefined,
  until: { readonly signal: AbortSignal; readonly ref: false },
) => Promise<unknown>;

/** Does some work at once, and again a day after each time that it was done. Answers how it is ended. */
export function everyDay(
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
  wait: Wait = delay,
): () => Promise<void> {
  const end = new AbortController();
  const { signal } = end;
  const working = (async () => {
    while (!signal.aborted) {
      await work().catch(onFailure);
      // It ends early only when it is ended.
      await wait(dayMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return async () => {
    end.abort();
    await working;
  };
}
