import type { Clock } from './clock.ts';

// Longer delays overflow Node's timers; waking up early is harmless, because whoever is woken sets the alarm again.
const longestDelayMs = 24 * 60 * 60 * 1000;

/** One timer for many deadlines: it rings at the earliest time asked for, perhaps earlier, never later. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #ringsAt = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  setFor(time: number): void {
    // Moving a timer for each message would cost more than an occasional early ring.
    if (this.#isStopped || time >= this.#ringsAt) return;
    this.#cancel();
    this.#ringsAt = time;
    const delay = Math.min(Math.max(time - this.#clock.now(), 0), longestDelayMs);
    this.#cancelTimer = this.#clock.after(delay, () => {
      this.#cancel();
      this.#ring();
    });
  }

  /** For good: an answer that comes late must not keep the process alive. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#ringsAt = Number.POSITIVE_INFINITY;
  }
}
