const shortestPauseMs = 10;
const longestPauseMs = 1000;

/**
 * How many pushes may be under way. It grows with each success and halves with failure, so a healthy endpoint soon gets
 * all it can take, and a dead one is asked ever more rarely.
 */
export class PushWindow {
  readonly #max: number;
  #size = 1;
  #underWay = 0;
  #round = 0;
  #failuresInARow = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get isOpen(): boolean {
    return this.#underWay < this.#size;
  }

  get size(): number {
    return this.#size;
  }

  /** Answers the round that the push belongs to, to be handed back when it ends. */
  begin(): number {
    this.#underWay += 1;
    return this.#round;
  }

  succeed(): void {
    this.#underWay -= 1;
    this.#failuresInARow = 0;
    this.#size = Math.min(this.#size + 1, this.#max);
  }

  /** Answers for how long to push nothing. */
  fail(round: number): number {
    this.#underWay -= 1;
    // Pushes that were under way together fail together; they count as one failure.
    if (round !== this.#round) return 0;
    this.#round += 1;
    this.#failuresInARow += 1;
    this.#size = Math.ceil(this.#size / 2);
    if (this.#size > 1) return 0;
    return Math.min(shortestPauseMs * 2 ** (this.#failuresInARow - 1), longestPauseMs);
  }
}
