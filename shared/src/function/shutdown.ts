import type { Logger } from '../base/log.ts';
import { atMost } from '../base/timing.ts';

/** The platform gives an instance ten seconds from SIGTERM to its end; the rest is for closing clients. */
const drainMs = 8_000;
const closeMs = 1_000;

/** Counts the work in hand, and lets a process end only when it is finished. */
export interface InFlight {
  readonly stopping: boolean;
  /** Runs a piece of work that the process must not leave behind. */
  track<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Takes the end of the process over. The functions-framework answers SIGTERM by failing the latest request and
 * leaving at once, whatever else is in flight; here the process refuses new work (so that Pub/Sub delivers it to
 * somebody else), finishes what it has, closes its clients, and leaves.
 *
 * After an exception that nobody caught it does the same, and leaves with code 1, since nobody knows in what state the
 * process is; the platform starts another.
 */
export function endGracefully(log: Logger, close: () => Promise<void>): InFlight {
  let stopping = false;
  let count = 0;
  let idle: (() => void) | undefined;

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    if (count > 0) await atMost(drainMs, new Promise<void>(resolve => (idle = resolve)));
    await atMost(closeMs, close()).catch(() => {});
    log.info({ unfinished: count }, 'stopped');
    process.exit();
  };
  takeOver('SIGTERM', () => void stop());
  takeOver('SIGINT', () => void stop());
  takeOver('uncaughtException', error => {
    log.fatal({ err: error }, 'an exception was not caught: the process ends');
    process.exitCode = 1;
    void stop();
  });
  // A client may reject a promise that nobody holds, while it reconnects say. The framework would end the process, and
  // with it the work of others; whatever really depended on that promise fails by its own time-out.
  takeOver('unhandledRejection', error => log.error({ err: error }, 'a rejected promise was not handled'));

  return {
    get stopping() {
      return stopping;
    },
    async track(work) {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        if (count === 0) idle?.();
      }
    },
  };
}

type Listener = (...values: unknown[]) => void;

/** Makes one listener the only one, also against those that the framework adds once it listens. */
function takeOver(event: string, listener: Listener): void {
  process.on(event, listener);
  process.on('newListener', (added: string, other: Listener) => {
    // The listener is on the list only after this event.
    if (added === event && other !== listener) queueMicrotask(() => process.removeListener(event, other));
  });
}
