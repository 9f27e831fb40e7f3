/** Hands out ever larger numbers as message ids. */
export class MessageIds {
  // Ids start from the time, in microseconds, so that a restart does not use one again whose message is long gone.
  #last: number;

  constructor(now: number) {
    this.#last = now * 1000;
  }

  next(): string {
    this.#last += 1;
    return String(this.#last);
  }

  /** Makes later ids larger than this one. */
  skipPast(id: string): void {
    this.#last = Math.max(this.#last, Number(id));
  }
}
