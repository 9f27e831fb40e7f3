/** Time, as the broker sees it: tests replace it by one that they move by hand. */
export interface Clock {
  now(): number;
  /** Calls once after the delay; the returned function cancels. */
  after(delayMs: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, ring) {
    const timer = setTimeout(ring, delayMs);
    return () => clearTimeout(timer);
  },
};
