import { compare, type Paired, pair, type ScoredAnswers } from './comparison.ts';
import { refuseBelowFloor, refuseRows } from './floors.ts';
import {
  type GateDecision,
  type GateInput,
  type GateSettings,
  promote,
  type Ruling,
  refuse,
} from './input.ts';
import {
  belowBest,
  belowBestTogether,
  belowChampion,
  negligibleLoss,
  resultOf,
  type Standing,
} from './margins.ts';
import { judgeSegments, negligible } from './segments.ts';
import { digits, itemsOf, nats, percent, tally } from './words.ts';

/** Which rows judge: all that are trusted, of those the hold-out, and people's. */
export interface JudgedRows {
  readonly trusted: Uint32Array;
  readonly holdOut: Uint32Array;
  readonly people: Uint32Array;
}

interface Parties {
  readonly input: GateInput;
  readonly settings: GateSettings;
  readonly sides: JudgedRows;
  readonly challenger: ScoredAnswers;
  readonly champion: ScoredAnswers;
  readonly anchor: ScoredAnswers | undefined;
}

/** A veto must be rarer by chance than what is taken for real, because there are several and they look again each time. */
const vetoShare = 1 / 5;
/** The best model gives way to one so much better that in a thousand trainings chance alone hardly ever makes it. */
const proof = 1e-5;

/** The challenger beside the champion and the best model ever proved. */
export class Evaluation {
  readonly #parties: Parties;
  readonly #all: Paired;
  readonly #holdOut: Paired;
  readonly #people: Paired;
  readonly #best: Paired;

  constructor(parties: Parties) {
    const { sides, challenger, champion, anchor } = parties;
    this.#parties = parties;
    this.#all = pair(challenger, champion, sides.trusted);
    this.#holdOut = pair(challenger, champion, sides.holdOut);
    this.#people = pair(challenger, champion, sides.people);
    this.#best = anchor ? pair(challenger, anchor, sides.trusted) : this.#all;
  }

  decide(): GateDecision {
    const { input, settings, challenger, champion, anchor } = this.#parties;
    const { trusted, holdOut, people } = this.#parties.sides;
    const onHoldOut = compare(input, holdOut, this.#holdOut);
    const segments = judgeSegments(challenger, champion, input.segments ?? []);
    const ruling =
      refuseRows(onHoldOut.challenger, input, settings) ??
      refuseBelowFloor(onHoldOut.challenger, input, settings) ??
      this.#refuseLoss() ??
      this.#refuseBelowBest() ??
      this.#refuseDecline() ??
      this.#refuseOnHoldOut() ??
      this.#refuseInSegment(segments) ??
      this.#refuseForPeople() ??
      this.#refuseSmallGain() ??
      this.#promote();
    return {
      ...ruling,
      ...onHoldOut,
      ...(trusted.length > holdOut.length && { all: compare(input, trusted, this.#all) }),
      ...(anchor && { best: { test: this.#best.test, loss: this.#best.loss } }),
      ...(this.#best.rows > 0 && { besideBest: resultOf(this.#best) }),
      ...(ruling.promoted && { provedBest: this.#isProvedBest() }),
      ...(segments.length > 0 && { segments }),
      ...(people.length > 0 && { people: compare(input, people, this.#people) }),
    };
  }

  /** Worse than the champion; where that one is the best model as well, the margin is narrow. */
  #refuseLoss(): Ruling | undefined {
    const isBest = !this.#parties.anchor && !this.#isGainOfMany();
    const short = (isBest ? belowBest(this.#best, this.#standing) : undefined) ?? belowChampion(this.#all);
    if (!short) return undefined;
    const { test, loss, rows } = this.#all;
    if (short.in === 'log loss') {
      const p = digits(loss.challengerWorse);
      return refuse(
        'worse-log-loss',
        `Less sure than the champion of what is right: its log loss on ${rows} ${this.#judging} is higher by ${nats(loss.difference)}, and the margin is ${nats(short.margin)} (p ${p}).`,
      );
    }
    const score = tally(this.#all, this.#judging, 'the champion');
    if (test.challengerWorse < this.#parties.settings.alpha) {
      const p = digits(test.challengerWorse);
      return refuse('worse', `Worse than the champion: ${score}, which is not chance (p ${p}).`);
    }
    return refuse(
      'lower',
      `Lower than the champion: ${score}; that may be chance, but it is beyond the margin of ${percent(short.margin)}.`,
    );
  }

  /** Losses within the margin would add up, if each model had to be as good as the one before it only. */
  #refuseBelowBest(): Ruling | undefined {
    const short = this.#isGainOfMany() ? belowChampion(this.#best) : belowBest(this.#best, this.#standing);
    if (!short) return undefined;
    const score =
      short.in === 'accuracy'
        ? tally(this.#best, this.#judging, 'that one')
        : `its log loss on ${this.#best.rows} ${this.#judging} is higher by ${nats(this.#best.loss.difference)}`;
    return refuse(
      'worse-than-best',
      `Worse than the best model that was ever proved to be so: ${score}, which is beyond the margin of ${short.in === 'accuracy' ? percent(short.margin) : nats(short.margin)}.`,
    );
  }

  /** One that had luck passes the margin; that the last trainings have all made worse ones is no matter of luck. */
  #refuseDecline(): Ruling | undefined {
    if (this.#isGainOfMany() || this.#isBetterThanBest(this.#parties.settings.alpha)) return undefined;
    const common = belowBestTogether(this.#best, this.#standing);
    if (!common) return undefined;
    const { models, mean, margin } = common;
    const score =
      common.in === 'accuracy'
        ? `${percent(mean)} fewer right, and the margin is ${percent(margin)}`
        : `a log loss that is higher by ${nats(mean)}, and the margin is ${nats(margin)}`;
    return refuse(
      'worse-than-best',
      `The last ${models} models, this one among them, are on average worse than the best that was ever proved: ${score}.`,
    );
  }

  /** Out-of-fold answers are those of models like the challenger; only the hold-out is answered by itself. */
  #refuseOnHoldOut(): Ruling | undefined {
    const { test, rows } = this.#holdOut;
    const isNegligible = test.lost - test.gained <= negligible.accuracy * rows;
    if (isNegligible || test.challengerWorse >= this.#veto) return undefined;
    const score = tally(this.#holdOut, `hold-out ${this.#items}`, 'the champion');
    const p = digits(test.challengerWorse);
    return refuse(
      'worse-on-hold-out',
      `Worse than the champion where none has learned: ${score}, which is not chance (p ${p}).`,
    );
  }

  #refuseInSegment(segments: NonNullable<GateDecision['segments']>): Ruling | undefined {
    const [worst] = segments.filter(({ worse }) => worse < this.#veto).sort((a, b) => a.worse - b.worse);
    if (!worst) return undefined;
    const { name, rows, challenger, champion, logLoss, worse } = worst;
    return refuse(
      'worse-in-segment',
      `Worse than the champion for ${this.#items} with ${name}: right on ${challenger} of ${rows} instead of ${champion}, with a log loss that differs by ${nats(logLoss)}, which is not chance (p ${digits(worse)}, however many segments are looked at).`,
    );
  }

  /** People's labels may be wrong, even on purpose: what one person says cannot stop what all others have taught. */
  #refuseForPeople(): Ruling | undefined {
    const { test } = this.#people;
    if (test.challengerWorse >= this.#parties.settings.alpha || !this.#isSaidByMany('challengerWorse'))
      return undefined;
    const score = tally(this.#people, `hold-out ${this.#items}`, 'the champion');
    const p = digits(test.challengerWorse);
    return refuse(
      'worse-for-people',
      `Worse than the champion on the ${this.#items} that people labelled: ${score}, which is not chance (p ${p}).`,
    );
  }

  /** Whether what people's rows say is still none of chance without those of any one reviewer. */
  #isSaidByMany(figure: 'challengerWorse' | 'challengerBetter'): boolean {
    const { input, sides, challenger, champion, settings } = this.#parties;
    const { reviewers } = input;
    if (!reviewers) return figure === 'challengerWorse';
    const names = new Set(Array.from(sides.people, row => reviewers[row]));
    return [...names].every(name => {
      const others = sides.people.filter(row => reviewers[row] !== name);
      return pair(challenger, champion, others).test[figure] < settings.alpha;
    });
  }

  /** Whoever asks for a gain asks for a real one: one that may be chance is refused. */
  #refuseSmallGain(): Ruling | undefined {
    const { minimumGain, alpha } = this.#parties.settings;
    if (minimumGain <= 0) return undefined;
    const { rows, test } = this.#all;
    const more = test.gained - test.lost;
    const gain = `The gain of ${percent(more / rows)}`;
    const score = tally(this.#all, this.#judging, 'the champion');
    // The margin is for rounding: 7 more of 100 is a gain of 0.07, though 0.07 times 100 is not quite 7.
    if (more + 1e-9 < minimumGain * rows) {
      return refuse('gain-too-small', `${gain} is below the ${percent(minimumGain)} asked for: ${score}.`);
    }
    if (test.challengerBetter < alpha) return undefined;
    return refuse('gain-by-chance', `${gain} may be chance (p ${digits(test.challengerBetter)}): ${score}.`);
  }

  #promote(): Ruling {
    const { test, loss } = this.#all;
    const { alpha } = this.#parties.settings;
    const score = tally(this.#all, this.#judging, 'the champion');
    if (test.challengerBetter < alpha) {
      const p = digits(test.challengerBetter);
      return promote('better', `Better than the champion: ${score}, which is not chance (p ${p}).`);
    }
    if (this.#isBetterForPeople()) {
      const people = tally(this.#people, `${this.#items} that people labelled`, 'the champion');
      const p = digits(this.#people.test.challengerBetter);
      return promote(
        'better-for-people',
        `Better than the champion for people: ${people}, which is not chance (p ${p}). Else ${score}.`,
      );
    }
    if (test.gained >= test.lost && this.#losesLess(this.#all) && loss.challengerBetter < alpha) {
      const p = digits(loss.challengerBetter);
      return promote(
        'better',
        `Better than the champion: ${score}, and its log loss is lower by ${nats(-loss.difference)}, which is not chance (p ${p}).`,
      );
    }
    return promote('not-worse', `Not worse than the champion, and trained on newer data: ${score}.`);
  }

  #isGainOfMany(): boolean {
    return this.#isBetterForPeople() && this.#isSaidByMany('challengerBetter');
  }

  #isBetterForPeople(): boolean {
    return this.#people.test.challengerBetter < this.#parties.settings.alpha;
  }

  #isProvedBest(): boolean {
    return this.#best.rows === 0 || this.#isBetterThanBest(proof);
  }

  /** In hits or in log loss, beyond this chance, and then in the other no worse. */
  #isBetterThanBest(chance: number): boolean {
    const { test, loss } = this.#best;
    const byHits = test.challengerBetter < chance && loss.difference <= 0;
    const byLoss = loss.challengerBetter < chance && this.#losesLess(this.#best) && test.gained >= test.lost;
    return byHits || byLoss;
  }

  /** By more than what is negligible, however sure it is. */
  #losesLess(paired: Paired): boolean {
    return -paired.loss.difference > negligibleLoss(paired);
  }

  get #standing(): Standing {
    const { repeats = [], earlier = [] } = this.#parties.input;
    return { repeats, earlier };
  }

  get #veto(): number {
    return this.#parties.settings.alpha * vetoShare;
  }

  get #items(): string {
    return itemsOf(this.#parties.input.item);
  }

  /** What the judging rows are called, together. */
  get #judging(): string {
    const { trusted, holdOut } = this.#parties.sides;
    return trusted.length > holdOut.length ? this.#items : `hold-out ${this.#items}`;
  }
}
