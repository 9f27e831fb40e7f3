/** Moves numbers against their gradients, each by its own measure (Kingma & Ba 2015). */
export class Adam {
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  #steps = 0;

  constructor(length: number) {
    this.#mean = new Float32Array(length);
    this.#square = new Float32Array(length);
  }

  /** `decay` draws each number towards zero along with its gradient. */
  step(numbers: Float32Array, gradient: ArrayLike<number>, rate: number, decay: number): void {
    const [keepMean, keepSquare] = [0.9, 0.99];
    this.#steps += 1;
    const mean = this.#mean;
    const square = this.#square;
    const unbiased = Math.sqrt(1 - keepSquare ** this.#steps);
    const length = (rate * unbiased) / (1 - keepMean ** this.#steps);
    for (let i = 0; i < numbers.length; i += 1) {
      const slope = (gradient[i] ?? 0) + decay * (numbers[i] ?? 0);
      const average = keepMean * (mean[i] ?? 0) + (1 - keepMean) * slope;
      const power = keepSquare * (square[i] ?? 0) + (1 - keepSquare) * slope * slope;
      mean[i] = average;
      square[i] = power;
      numbers[i] = (numbers[i] ?? 0) - (length * average) / (Math.sqrt(power) + 1e-8 * unbiased);
    }
  }
}
