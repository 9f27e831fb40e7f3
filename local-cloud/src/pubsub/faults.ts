/** What goes wrong on purpose. Shares are between 0 (never) and 1 (always); set them at any time. */
export interface Faults {
  /** Acknowledgements that are lost, so that the message comes a second time. At most once for each message. */
  duplicate: number;
  /** New messages that are held back for up to maxMs. */
  delay: { share: number; maxMs: number };
  /** New messages that are held back just long enough for later ones to overtake them. */
  reorder: number;
  /** Pushes whose answer is lost: the endpoint did its work, the message comes again. */
  failPush: number;
}

export type FaultCounts = Record<keyof Faults, number>;

const overtakeMs = 100;

/** Decides by seeded chance what goes wrong, and counts it. */
export class FaultInjector {
  readonly faults: Faults = { duplicate: 0, delay: { share: 0, maxMs: 0 }, reorder: 0, failPush: 0 };
  readonly injected: FaultCounts = { duplicate: 0, delay: 0, reorder: 0, failPush: 0 };
  readonly #random: () => number;

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  losesAck(): boolean {
    return this.#happens('duplicate', this.faults.duplicate);
  }

  failsPush(): boolean {
    return this.#happens('failPush', this.faults.failPush);
  }

  /** How long a new message is held back; 0 nearly always. */
  holdMs(): number {
    const { delay, reorder } = this.faults;
    if (this.#happens('delay', delay.share)) return this.#random() * delay.maxMs;
    return this.#happens('reorder', reorder) ? this.#random() * overtakeMs : 0;
  }

  #happens(fault: keyof Faults, share: number): boolean {
    if (share <= 0 || this.#random() >= share) return false;
    this.injected[fault] += 1;
    return true;
  }
}

/** A linear congruential generator: chance enough for faults, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
