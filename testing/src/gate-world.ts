import {
  decide,
  type GateDecision,
  mostEarlier,
  repeatsOfBest,
  type Standing,
} from '@banknote-loop/shared/classifier';
import { gaussian, type Random, seededRandom } from '@banknote-loop/shared/learning';

// A world in which it is known how good each model truly is, so that one can see how often the gate is right.

interface WorldOptions {
  readonly rows: number;
  /** The share of rows with a wrong label. */
  readonly labelNoise?: number;
  /**
   * How alike models are: the correlation of what makes a row easy or hard for them. Two models of 98 % that are alike to
   * 0.93 differ on one row in a hundred.
   */
  readonly likeness?: number;
}

interface SimulatedModel {
  /** The share of answers that are truly right. */
  readonly accuracy: number;
  readonly probabilities: Float64Array;
}

/** The judge's rows, and models that answer them. */
class GateWorld {
  readonly #truth: Uint8Array;
  readonly #ease: Float64Array;
  readonly #isWrong: Uint8Array;
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

  judge(
    challenger: SimulatedModel,
    champion: SimulatedModel,
    anchor: SimulatedModel,
    standing?: Standing,
  ): GateDecision {
    return decide({
      classes: ['fake', 'real'],
      item: 'note',
      truth: this.#truth,
      challenger: challenger.probabilities,
      champion: champion.probabilities,
      anchor: anchor === champion ? undefined : anchor.probabilities,
      ...standing,
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
class Succession {
  readonly #world: GateWorld;
  #champion: SimulatedModel;
  #anchor: SimulatedModel;
  #standing: Standing;

  constructor(world: GateWorld, accuracy: number) {
    this.#world = world;
    this.#champion = world.model(accuracy);
    this.#anchor = this.#champion;
    this.#standing = this.#repeatBest();
  }

  /** The best model is learned several times over. */
  #repeatBest(): Standing {
    const best = this.#anchor;
    const repeats = Array.from({ length: repeatsOfBest }, () => {
      const { besideBest } = this.#world.judge(this.#world.model(best.accuracy), best, best);
      return besideBest ?? { fewer: 0, logLoss: 0 };
    });
    return { repeats, earlier: [] };
  }

  get accuracy(): number {
    return this.#champion.accuracy;
  }

  /** Makes a model of this accuracy, and says whether it was promoted. */
  train(accuracy: number): boolean {
    const challenger = this.#world.model(accuracy);
    const decision = this.#world.judge(challenger, this.#champion, this.#anchor, this.#standing);
    const { promoted, provedBest } = decision;
    if (decision.besideBest) {
      const earlier = [decision.besideBest, ...this.#standing.earlier].slice(0, mostEarlier);
      this.#standing = { ...this.#standing, earlier };
    }
    if (promoted) this.#champion = challenger;
    if (promoted && provedBest) {
      this.#anchor = challenger;
      this.#standing = this.#repeatBest();
    }
    return promoted;
  }

  /** The share of so many models of this accuracy that would be promoted now. */
  shareOf(accuracy: number, models: number): number {
    let promoted = 0;
    for (let one = 0; one < models; one += 1) {
      const model = this.#world.model(accuracy);
      if (this.#world.judge(model, this.#champion, this.#anchor, this.#standing).promoted) promoted += 1;
    }
    return promoted / models;
  }
}

export interface Study extends WorldOptions {
  /** How many worlds, each of which has other rows and another first model. */
  readonly worlds: number;
  /** The number of the first world: nobody must have looked at it before, or the gate may be made to its measure. */
  readonly seed: number;
}

const firstAccuracy = 0.98;

/**
 * How probably a model is promoted that is better or worse than the champion by these shares of answers, after so many
 * trainings with models that are all as good as the first: a line for each number of trainings.
 */
export function operatingCurve(
  { worlds, seed: first, ...options }: Study,
  differences: readonly number[],
  trainings: readonly number[],
  modelsEach: number,
): readonly (readonly number[])[] {
  const sums = trainings.map(() => differences.map(() => 0));
  for (let world = 0; world < worlds; world += 1) {
    const random = seededRandom(first + world);
    const succession = new Succession(new GateWorld(options, random), firstAccuracy);
    let done = 1;
    trainings.forEach((wanted, line) => {
      for (; done < wanted; done += 1) succession.train(firstAccuracy);
      differences.forEach((difference, place) => {
        const sum = sums[line];
        if (sum)
          sum[place] =
            (sum[place] ?? 0) + succession.shareOf(firstAccuracy + difference, modelsEach) / worlds;
      });
    });
  }
  return sums;
}

/** By how much the true accuracy has changed after so many trainings, by world, where each training changes it by a step. */
export function drift(
  { worlds, seed, ...options }: Study,
  trainings: number,
  accuracyOf: (champion: number, random: Random) => number,
): readonly number[] {
  return Array.from({ length: worlds }, (_, world) => {
    const random = seededRandom(seed + world);
    const succession = new Succession(new GateWorld(options, random), firstAccuracy);
    for (let one = 0; one < trainings; one += 1) {
      succession.train(Math.min(0.999, accuracyOf(succession.accuracy, random)));
    }
    return succession.accuracy - firstAccuracy;
  });
}

const quantiles = new Map<number, number>();

/** The normal quantile, by bisection. */
function quantile(share: number): number {
  const known = quantiles.get(share);
  if (known !== undefined) return known;
  let [low, high] = [-8, 8];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normal(middle) < share) low = middle;
    else high = middle;
  }
  quantiles.set(share, low);
  return low;
}

/** The normal distribution, summed up: it is asked for seldom. */
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
