import { compareModels, type PairedTest } from './mcnemar.ts';
import { type Metrics, measure } from './metrics.ts';

// The gate: may the challenger, a model that was just trained, answer in place of the champion, the one that does now?

export interface GateSettings {
  /**
   * The least share of all hold-out rows, and of those of each class, that a model must get right. Without the first, it
   * must know more than the shares of the classes tell.
   */
  readonly minimumAccuracy?: number | undefined;
  readonly minimumRecall?: number | undefined;
  /** With fewer hold-out rows than this nothing is decided. */
  readonly minimumRows: number;
  /** By how much the challenger's accuracy must exceed the champion's; 0 lets an equal one pass. */
  readonly minimumGain: number;
  /** A difference that chance alone makes less often than this is taken for real. */
  readonly alpha: number;
}

export const defaultGateSettings: GateSettings = {
  minimumRows: 20,
  minimumGain: 0,
  alpha: 0.05,
};

/** What the models say of the hold-out rows, as probabilities of each class, row after row. */
export interface GateInput {
  /** The names of the classes, in the order of their numbers. */
  readonly classes: readonly string[];
  /** What a row is called in reasons: a note, say. */
  readonly item: string;
  /** The number of each row's class. */
  readonly truth: ArrayLike<number>;
  readonly challenger: ArrayLike<number>;
  /** Missing if no model answers yet. */
  readonly champion?: ArrayLike<number> | undefined;
  /** For each row 1 if only people labelled it, 0 if it came with the data set; without it, none is people's. */
  readonly byPeople?: ArrayLike<number> | undefined;
  readonly settings?: Partial<GateSettings> | undefined;
}

/** What decided: the gate, a person who holds another model in its place, or a training that came to nothing. */
export type Rule =
  | 'first-model'
  | 'better'
  | 'not-worse'
  | 'rows-disagree'
  | 'invalid-scores'
  | 'too-few-rows'
  | 'one-class-only'
  | 'below-accuracy-floor'
  | 'below-recall-floor'
  | 'no-better-than-shares'
  | 'worse'
  | 'worse-for-people'
  | 'lower'
  | 'gain-too-small'
  | 'gain-by-chance'
  | 'pinned'
  | 'features-out-of-range'
  | 'diverged';

/** How the two models did on the same rows. */
export interface Comparison {
  readonly challenger?: Metrics;
  readonly champion?: Metrics;
  readonly test?: PairedTest;
}

/** What was decided of a model and why, from the gate to the `model` message. Nothing was measured where it could not be. */
export interface GateDecision extends Comparison {
  readonly promoted: boolean;
  readonly rule: Rule;
  /** One sentence for people, with the numbers. */
  readonly reason: string;
  /** The same on the rows that people labelled, where those are judged on their own. */
  readonly people?: Comparison;
}

type Ruling = Pick<GateDecision, 'promoted' | 'rule' | 'reason'>;
type Rows = Pick<GateInput, 'truth' | 'challenger' | 'champion'>;

/**
 * Decides whether the challenger may answer from now on, and says why. Whatever it is given, it never throws. The rows
 * of the data set decide; people's rows have only a veto, and count along with the others while those are too few.
 */
export function decide(input: GateInput): GateDecision {
  const gate = new Gate(input);
  return gate.refuseBrokenScores(input) ?? gate.decide(input);
}

class Gate {
  readonly #classes: readonly string[];
  readonly #item: string;
  readonly #settings: GateSettings;

  constructor({ classes, item, settings }: GateInput) {
    this.#classes = classes;
    this.#item = item;
    this.#settings = { ...defaultGateSettings, ...settings };
  }

  decide(input: GateInput): GateDecision {
    const [given, byPeople] = [this.#pickRows(input, false), this.#pickRows(input, true)];
    if (given.truth.length < this.#settings.minimumRows) return this.#judge(input);
    const decision = this.#judge(given);
    return byPeople.truth.length > 0 ? this.#applyVeto(decision, byPeople) : decision;
  }

  refuseBrokenScores({ challenger, champion, truth }: Rows): Ruling | undefined {
    const models = champion ? [challenger, champion] : [challenger];
    const width = this.#classes.length;
    if (models.some(({ length }) => length !== truth.length * width)) {
      const counts = models.map(({ length }) => length / width).join(' and ');
      return refuse(
        'rows-disagree',
        `There are ${counts} scores for ${truth.length} hold-out ${this.#items}.`,
      );
    }
    if (models.every(model => areProbabilities(model, width))) return undefined;
    return refuse('invalid-scores', 'Some scores are not probabilities: the model that gave them is broken.');
  }

  #judge(rows: Rows): GateDecision {
    const { challenger, champion, test } = this.#compare(rows);
    const floor = this.#refuseRows(challenger) ?? this.#refuseBelowFloor(challenger);
    if (!champion || !test) return { ...(floor ?? this.#promoteFirst(challenger)), challenger };
    return { ...(floor ?? this.#againstChampion(challenger.rows, test)), challenger, champion, test };
  }

  #compare({ challenger, champion, truth }: Rows): Comparison & Required<Pick<Comparison, 'challenger'>> {
    const metrics = measure(challenger, truth, this.#classes);
    if (!champion) return { challenger: metrics };
    return {
      challenger: metrics,
      champion: measure(champion, truth, this.#classes),
      test: compareModels(champion, challenger, truth, this.#classes.length),
    };
  }

  /**
   * On rows that only people have labelled, a loss is held against the challenger only if it is not chance, and a gain
   * does not count for it: labels of people may be wrong, even on purpose, and must not promote what the others refuse.
   */
  #applyVeto(decision: GateDecision, rows: Rows): GateDecision {
    const people = this.#compare(rows);
    const { test } = people;
    if (!decision.promoted || !test || test.challengerWorse >= this.#settings.alpha) {
      return { ...decision, people };
    }
    const tally = this.#tally(rows.truth.length, test);
    const reason = `Worse than the champion on the ${this.#items} that people labelled: ${tally}, which is not chance (p ${digits(test.challengerWorse)}).`;
    return { ...decision, ...refuse('worse-for-people', reason), people };
  }

  #refuseRows({ rows, classes }: Metrics): Ruling | undefined {
    const { minimumRows } = this.#settings;
    if (rows < minimumRows) {
      return refuse(
        'too-few-rows',
        `There are ${rows} hold-out ${this.#items}, and at least ${minimumRows} are needed to judge.`,
      );
    }
    const present = this.#classes.filter(name => (classes[name]?.support ?? 0) > 0);
    if (present.length > 1) return undefined;
    const needed = this.#classes.length === 2 ? 'both classes are' : 'more than one class is';
    return refuse(
      'one-class-only',
      `All ${rows} hold-out ${this.#items} are ${present[0] ?? 'of no known class'}: ${needed} needed to judge.`,
    );
  }

  /** What every model must reach, with a champion or without. A class without a row in the hold-out says nothing. */
  #refuseBelowFloor({ accuracy, correct, rows, logLoss, classes }: Metrics): Ruling | undefined {
    const { minimumAccuracy, minimumRecall = 0 } = this.#settings;
    const byShares = entropy(Object.values(classes).map(({ support }) => support / rows));
    // The margin is for rounding.
    if (minimumAccuracy === undefined && logLoss > byShares - 1e-9) {
      return refuse(
        'no-better-than-shares',
        `It knows no more of the ${rows} hold-out ${this.#items} than the shares of their classes tell (log loss ${digits(logLoss)}, and ${digits(byShares)} by the shares).`,
      );
    }
    if (minimumAccuracy !== undefined && accuracy < minimumAccuracy) {
      return refuse(
        'below-accuracy-floor',
        `It got ${correct} of ${rows} hold-out ${this.#items} right (${percent(accuracy)}), and the floor is ${percent(minimumAccuracy)}.`,
      );
    }
    for (const name of this.#classes) {
      const { recall = 0, support = 0 } = classes[name] ?? {};
      if (support === 0 || recall >= minimumRecall) continue;
      return refuse(
        'below-recall-floor',
        `It recognised ${percent(recall)} of the ${support} ${name} ${this.#items} in the hold-out, and the floor is ${percent(minimumRecall)}.`,
      );
    }
    return undefined;
  }

  #promoteFirst({ correct, rows }: Metrics): Ruling {
    return promote(
      'first-model',
      `The first model: it got ${correct} of ${rows} hold-out ${this.#items} right.`,
    );
  }

  /**
   * Not worse than the champion, row by row on the same rows:
   *
   * - Fewer right than the champion is refused, even by one row and even where chance explains it: were losses within
   *   chance let through, many small ones would add up. The exact test only tells which of the two it was.
   * - As many right is promoted: the rows cannot tell the two apart, and the challenger has learned from more.
   * - More right is promoted, and called better only if chance makes such a gain less often than `alpha`.
   * - Whoever asks for a gain asks for a real one: with a minimum gain, one that may be chance is refused.
   */
  #againstChampion(rows: number, test: PairedTest): Ruling {
    const { gained, lost, challengerWorse, challengerBetter } = test;
    const { alpha } = this.#settings;
    const tally = this.#tally(rows, test);
    if (challengerWorse < alpha) {
      const p = digits(challengerWorse);
      return refuse('worse', `Worse than the champion: ${tally}, which is not chance (p ${p}).`);
    }
    if (gained < lost) {
      return refuse(
        'lower',
        `Lower than the champion: ${tally}; that may be chance, but the doubt counts for the champion.`,
      );
    }
    const shortfall = this.#refuseSmallGain(rows, test);
    if (shortfall) return shortfall;
    if (challengerBetter < alpha) {
      const p = digits(challengerBetter);
      return promote('better', `Better than the champion: ${tally}, which is not chance (p ${p}).`);
    }
    return promote('not-worse', `Not worse than the champion, and trained on newer data: ${tally}.`);
  }

  #refuseSmallGain(rows: number, test: PairedTest): Ruling | undefined {
    const { minimumGain, alpha } = this.#settings;
    if (minimumGain <= 0) return undefined;
    const more = test.gained - test.lost;
    const gain = `The gain of ${percent(more / rows)}`;
    const tally = this.#tally(rows, test);
    // The margin is for rounding: 7 more of 100 is a gain of 0.07, though 0.07 times 100 is not quite 7.
    if (more + 1e-9 < minimumGain * rows) {
      return refuse('gain-too-small', `${gain} is below the ${percent(minimumGain)} asked for: ${tally}.`);
    }
    if (test.challengerBetter < alpha) return undefined;
    return refuse('gain-by-chance', `${gain} may be chance (p ${digits(test.challengerBetter)}): ${tally}.`);
  }

  #tally(rows: number, { gained, lost }: PairedTest): string {
    const won = `it is right on ${gained} of ${rows} hold-out ${this.#items} where the champion is wrong`;
    return `${won}, and wrong on ${lost} where the champion is right`;
  }

  #pickRows({ truth, challenger, champion, byPeople = [] }: GateInput, people: boolean): Rows {
    const width = this.#classes.length;
    const isPicked = (row: number): boolean => (byPeople[row] === 1) === people;
    const pick = (values: ArrayLike<number>, each: number): number[] =>
      Array.from(values).filter((_, place) => isPicked(Math.floor(place / each)));
    return {
      truth: pick(truth, 1),
      challenger: pick(challenger, width),
      champion: champion && pick(champion, width),
    };
  }

  get #items(): string {
    return `${this.#item}s`;
  }
}

function promote(rule: Rule, reason: string): Ruling {
  return { promoted: true, rule, reason };
}

function refuse(rule: Rule, reason: string): Ruling {
  return { promoted: false, rule, reason };
}

/** Those of each row lie between 0 and 1 and add up to 1, but for rounding. */
function areProbabilities(values: ArrayLike<number>, width: number): boolean {
  let sum = 0;
  for (let place = 0; place < values.length; place += 1) {
    const probability = values[place] ?? Number.NaN;
    if (!(probability >= 0 && probability <= 1)) return false;
    sum += probability;
    if ((place + 1) % width !== 0) continue;
    if (Math.abs(sum - 1) > 1e-6) return false;
    sum = 0;
  }
  return true;
}

/** Rounded down, so that 99.996 % is never shown as 100 %, nor a share below a floor as the floor itself. */
function percent(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-9) / 100} %`;
}

function digits(probability: number): string {
  return probability < 0.001 ? 'below 0.001' : probability.toFixed(3);
}

/** The log loss of always answering these shares. */
function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
}
