import { setTimeout as delay } from 'node:timers/promises';
import { describe } from '@banknote-loop/shared/base';

/** A program that can be started again in its place, with its data. */
export interface SupervisedServer {
  /** Resolves when the program that runs now is gone. */
  ended(): Promise<void>;
  restart(): Promise<void>;
  kill(): Promise<void>;
}

export interface Care {
  readonly name: string;
  readonly server: SupervisedServer;
  /** Whether it answers, within a time of its own: a program can hang without ending. */
  readonly isWell: () => Promise<boolean>;
  /** Told in a line what has happened. */
  readonly print: (line: string) => void;
  /** What is to be done once it is there again. */
  readonly afterwards?: () => Promise<void>;
  readonly lookEveryMs?: number;
}

/** A busy machine may keep an answer waiting; one that is missing so often in a row does not come any more. */
const mostMisses = 3;
const maxPauseMs = 5_000;

/** Starts a program again whenever it has ended or hangs. Answers how to leave it to itself, as before it is stopped. */
export function lookAfter({
  name,
  server,
  isWell,
  print,
  afterwards,
  lookEveryMs = 3_000,
}: Care): () => Promise<void> {
  const left = new AbortController();
  const pause = (ms: number) => delay(ms, undefined, { signal: left.signal }).catch(() => {});

  /** Resolves when something is wrong with it, or it is looked after no more. */
  async function trouble(): Promise<string> {
    let isGone = false;
    const gone = server.ended().then(() => {
      isGone = true;
    });
    for (let misses = 0; misses < mostMisses && !left.signal.aborted; ) {
      await Promise.race([gone, pause(lookEveryMs)]);
      if (isGone) return 'has ended';
      misses = (await isWell()) ? 0 : misses + 1;
    }
    return 'does not answer any more';
  }

  async function startAgain(): Promise<void> {
    for (let failures = 0; !left.signal.aborted; failures += 1) {
      try {
        await server.kill();
        await server.restart();
        return await afterwards?.();
      } catch (error) {
        if (failures === 0) print(`${name} is not there yet: ${describe(error)}`);
        await pause(Math.min(100 * 2 ** failures, maxPauseMs));
      }
    }
  }

  const looking = (async () => {
    for (;;) {
      const what = await trouble();
      if (left.signal.aborted) return;
      print(`${name} ${what} and is started again`);
      await startAgain();
    }
  })();
  return () => {
    left.abort();
    return looking;
  };
}
