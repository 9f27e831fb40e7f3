import type { Clock } from '../clock.ts';

interface Timer {
  readonly ringsAt: number;
  readonly ring: () => void;
}

/** A clock that moves only when it is told to, and rings what comes due on the way. */
export class FakeClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, ring: () => void): () => void {
    const timer = { ringsAt: this.#now + delayMs, ring };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.ringsAt);
      timer.ring();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(timer => timer.ringsAt <= end);
    return due.sort((a, b) => a.ringsAt - b.ringsAt)[0];
  }
}
