import { setTimeout as delay } from 'node:timers/promises';
import type { Loop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import type { Random } from '@banknote-loop/shared/learning';
import { rebuildCache } from '@banknote-loop/shared/rebuild';
import type { Records } from '@banknote-loop/testing/traffic/records';
import type { RestartablePubSub } from './pubsub.ts';

/** What a fault may lay hands on. */
export interface FaultTarget {
  readonly loop: Loop;
  readonly pubsub: RestartablePubSub;
  readonly records: Records;
  readonly random: Random;
  /** Notes that something was done to the loop. */
  readonly count: (what: string) => void;
}

/** Something that goes wrong again and again until the signal says that it is enough. */
export interface Fault {
  readonly name: string;
  run(target: FaultTarget, enough: AbortSignal): Promise<void>;
}

export const faults: readonly Fault[] = [
  {
    name: 'deliveries doubled, reordered, delayed',
    run: whileItLasts(
      ({ pubsub }) => pubsub.setFaults({ duplicate: 0.2, reorder: 0.2, delay: { share: 0.2, maxMs: 1500 } }),
      ({ pubsub }) => pubsub.setFaults({ duplicate: 0, reorder: 0, delay: { share: 0, maxMs: 0 } }),
    ),
  },
  {
    name: 'answers of functions lost',
    run: whileItLasts(
      ({ pubsub }) => pubsub.setFaults({ failPush: 0.1 }),
      ({ pubsub }) => pubsub.setFaults({ failPush: 0 }),
    ),
  },
  {
    name: 'functions killed',
    run: again(800, async ({ loop, random, count }) => {
      const all = [...loop.functions.entries()];
      const [name, victim] = all[Math.floor(random() * all.length)] ?? [];
      victim?.kill();
      if (name) count(`${name} killed`);
    }),
  },
  {
    name: 'PostgreSQL restarted and killed',
    run: again(2_500, async ({ loop: { services }, random, count }) => {
      const crash = random() < 0.5;
      if (crash) await services.postgres?.kill();
      await services.postgres?.restart();
      count(crash ? 'PostgreSQL killed' : 'PostgreSQL restarted');
    }),
  },
  {
    name: 'Redis restarted',
    run: again(2_000, async ({ loop: { services }, count }) => {
      await services.redis?.restart();
      count('Redis restarted');
    }),
  },
  {
    name: 'Redis wiped and rebuilt',
    run: again(2_000, async ({ records: { cache, db }, count }) => {
      await untilItWorks(() => cache.redis.flushall());
      count('Redis wiped');
      await untilItWorks(() => rebuildCache(cache, db));
    }),
  },
  {
    name: 'Pub/Sub restarted',
    run: again(2_500, async ({ pubsub, count }) => {
      await pubsub.restart();
      count('Pub/Sub restarted');
    }),
  },
  {
    name: 'bucket answers 503',
    run: whileItLasts(
      ({ loop }) => setBucketFaults(loop, 0.3),
      ({ loop }) => setBucketFaults(loop, 0),
    ),
  },
];

function setBucketFaults({ services: { storage } }: Loop, failShare: number): void {
  if (storage) storage.faults.failShare = failShare;
}

/** A state that is switched on, and off again. */
function whileItLasts(
  begin: (target: FaultTarget) => void,
  end: (target: FaultTarget) => void,
): Fault['run'] {
  return async (target, enough) => {
    begin(target);
    await pause(Number.POSITIVE_INFINITY, enough);
    end(target);
  };
}

/** A blow that falls again and again, with pauses of about so many milliseconds. */
function again(everyMs: number, strike: (target: FaultTarget) => Promise<void>): Fault['run'] {
  return async (target, enough) => {
    while (!enough.aborted) {
      await strike(target);
      await pause(everyMs * (0.5 + target.random()), enough);
    }
  };
}

async function pause(ms: number, enough: AbortSignal): Promise<void> {
  if (enough.aborted) return;
  if (ms === Number.POSITIVE_INFINITY)
    return new Promise(resolve => enough.addEventListener('abort', () => resolve()));
  await delay(ms, undefined, { signal: enough }).catch(() => undefined);
}

/** Does what a person would do whose command fails because a server is away: types it again. */
async function untilItWorks(command: () => Promise<unknown>): Promise<void> {
  await until('the command works', () =>
    command().then(
      () => true,
      () => false,
    ),
  );
}
