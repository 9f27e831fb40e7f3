import { decide, type GateDecision } from '@banknote-loop/shared/classifier';
import { gaussian, type Random } from '@banknote-loop/shared/learning';

// A world in which it is known how good each model truly is, so that one can see how often the gate is right.

export interface WorldOptions {
  readonly rows: number;
  /** The share of rows with a wrong label. */
  readonly labelNoise?: number;
  /**
   * How alike models are: the correlation of what makes a row easy or hard for them. Two models of 98 % that are alike to
   * 0.93 differ on 1.4 rows in a hundred.
   */
  readonly likeness?: number;
}

export interface SimulatedModel {
  /** The share of answers that are truly right. */
  readonly accuracy: number;
  readonly probabilities: Float64Array;
}

/** The judge's rows, and models that answer them. */
export class GateWorld {
  readonly #truth: Uint8Array;
  readonly #ease: Float64Array;
  readonly #noise: number;
  readonly #likeness: number;
  readonly #segments;
  readonly #random: Random;

  constructor({ rows, labelNoise = 0, likeness = 0.93 }: WorldOptions, random: Random) {
    this.#random = random;
    this.#noise = labelNoise;
    this.#likeness = likeness;
    this.#truth = Uint8Array.from({ length: rows }, (_, row) => row % 2);
    this.#ease = Float64Array.from({ length: rows }, () => gaussian(random));
    this.#isWrong = Uint8Array.from({ length: rows }, () => (random() < labelNoise ? 1 : 0));
    this.#segments = segmentsOf(rows);
  }

  readonly #isWrong: Uint8Array;

  /**
   * A model's answer is right where the ease of the row for it is above zero, and that is normal about a mean which makes
   * it right as often as asked for. Its probabilities are then calibrated; where labels are wrong it knows that some are.
   */
  model(accuracy: number): SimulatedModel {
    const mean = quantile(accuracy);
    const [shared, own] = [Math.sqrt(this.#likeness), Math.sqrt(1 - this.#likeness)];
    const probabilities = new Float64Array(2 * this.#truth.length);
    for (let row = 0; row < this.#truth.length; row += 1) {
      const ease = mean + shared * (this.#ease[row] ?? 0) + own * gaussian(this.#random);
      const clean = 1 / (1 + Math.exp(-2 * mean * ease));
      const right = (1 - 2 * this.#noise) * clean + this.#noise;
      // Of the class that the row is truly of, whatever its label says.
      const trueClass = this.#isWrong[row] === 1 ? 1 - (this.#truth[row] ?? 0) : (this.#truth[row] ?? 0);
      probabilities[2 * row + trueClass] = right;
      probabilities[2 * row + 1 - trueClass] = 1 - right;
    }
    return { accuracy, probabilities };
  }

  judge(challenger: SimulatedModel, champion: SimulatedModel, anchor: SimulatedModel): GateDecision {
    return decide({
      classes: ['fake', 'real'],
      item: 'note',
      truth: this.#truth,
      challenger: challenger.probabilities,
      champion: champion.probabilities,
      anchor: anchor === champion ? undefined : anchor.probabilities,
      segments: this.#segments,
      settings: { minimumAccuracy: 0.5 },
    });
  }
}

/** As many regions as banknotes have, and both classes. */
function segmentsOf(rows: number) {
  const numbers = Array.from({ length: rows }, (_, row) => row);
  const regions = 16;
  return [
    ...Array.from({ length: regions }, (_, region) => ({
      kind: 'region' as const,
      name: `region ${region}`,
      rows: numbers.filter(row => Math.floor(row / 2) % regions === region),
    })),
    ...[0, 1].map(label => ({
      kind: 'class' as const,
      name: `class ${label}`,
      rows: numbers.filter(row => row % 2 === label),
    })),
  ];
}

/** The live model and the best ever proved, through one training after the other. */
export class Succession {
  readonly world: GateWorld;
  champion: SimulatedModel;
  anchor: SimulatedModel;
  promotions = 0;

  constructor(world: GateWorld, first: SimulatedModel) {
    this.world = world;
    this.champion = first;
    this.anchor = first;
  }

  train(accuracy: number): boolean {
    const challenger = this.world.model(accuracy);
    const { promoted, provedBest } = this.world.judge(challenger, this.champion, this.anchor);
    if (promoted) {
      this.champion = challenger;
      this.promotions += 1;
      if (provedBest) this.anchor = challenger;
    }
    return promoted;
  }

  /** The share of so many models of this accuracy that would be promoted now. */
  shareOf(accuracy: number, models: number): number {
    let promoted = 0;
    for (let one = 0; one < models; one += 1) {
      if (this.world.judge(this.world.model(accuracy), this.champion, this.anchor).promoted) promoted += 1;
    }
    return promoted / models;
  }
}

/** The normal quantile, by bisection: it is asked for seldom. */
function quantile(share: number): number {
  let [low, high] = [-8, 8];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normal(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Hart's series would be shorter than this only by a digit; the continued fraction of the tail is exact. */
function normal(x: number): number {
  let sum = 0;
  const steps = 400;
  const width = (x + 9) / steps;
  for (let step = 0; step < steps; step += 1) {
    const at = -9 + (step + 0.5) * width;
    sum += Math.exp((-at * at) / 2) * width;
  }
  return sum / Math.sqrt(2 * Math.PI);
}
