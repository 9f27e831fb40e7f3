import type { PairedTest } from '../mcnemar.ts';
import type { ClassificationMetrics } from '../metrics.ts';
import type { LossTest } from './loss-test.ts';

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

/** How another model did beside the best one: by what share fewer hits, and by how much more log loss a row. */
export interface BesideBest {
  readonly fewer: number;
  readonly logLoss: number;
}

/** Rows that are looked at on their own as well: a class, a category, a region. */
export interface Segment {
  readonly kind: 'class' | 'category' | 'region';
  /** For people: "notes of class real", say, goes into a sentence. */
  readonly name: string;
  /** The numbers of its rows. */
  readonly rows: ArrayLike<number>;
}

/**
 * What the models say of rows whose class is known, as probabilities of each class, row after row. No row was learned
 * from by the model that answers it.
 */
export interface GateInput {
  /** The names of the classes, in the order of their numbers. */
  readonly classes: readonly string[];
  /** What a row is called in reasons: a note, say. */
  readonly item: string;
  /** The number of each row's class. */
  readonly truth: ArrayLike<number>;
  readonly challenger: ArrayLike<number>;
  /** Missing if no model answers yet. NaN where it has no answer to a row that it did not learn from. */
  readonly champion?: ArrayLike<number> | undefined;
  /** The best model that was ever proved to be so, if that is another one than the champion; NaN as above. */
  readonly anchor?: ArrayLike<number> | undefined;
  /** How models did beside the best one that were learned from the same rows as it, with other seeds. */
  readonly repeats?: readonly BesideBest[] | undefined;
  /** How the models of the last trainings did beside the best one. */
  readonly earlier?: readonly BesideBest[] | undefined;
  /** For each row 1 if only people labelled it, 0 if it came with the data set; without it, none is people's. */
  readonly byPeople?: ArrayLike<number> | undefined;
  /** For each row the number of the reviewer who labelled it, where a person did; without it, each row is somebody else's. */
  readonly reviewers?: ArrayLike<number> | undefined;
  /** For each row 1 if models learn from it and it was answered out of fold, 0 if it is hold-out, as all are without it. */
  readonly outOfFold?: ArrayLike<number> | undefined;
  readonly segments?: readonly Segment[] | undefined;
  readonly settings?: Partial<GateSettings> | undefined;
}

/** What decided: the gate, a person who holds another model in its place, or a training that came to nothing. */
export type Rule =
  | 'first-model'
  | 'better'
  | 'better-for-people'
  | 'not-worse'
  | 'rows-disagree'
  | 'invalid-scores'
  | 'too-few-rows'
  | 'one-class-only'
  | 'below-accuracy-floor'
  | 'below-recall-floor'
  | 'no-better-than-shares'
  | 'worse'
  | 'worse-log-loss'
  | 'worse-than-best'
  | 'worse-on-hold-out'
  | 'worse-in-segment'
  | 'worse-for-people'
  | 'lower'
  | 'gain-too-small'
  | 'gain-by-chance'
  | 'pinned'
  | 'features-out-of-range'
  | 'diverged';

/** How two models did on the same rows. */
export interface Comparison {
  readonly challenger?: ClassificationMetrics;
  readonly champion?: ClassificationMetrics;
  readonly test?: PairedTest;
  readonly loss?: LossTest;
}

/** How the two did on a segment's rows. */
export interface SegmentResult extends Pick<Segment, 'kind' | 'name'> {
  readonly rows: number;
  /** How many rows each got right. */
  readonly challenger: number;
  readonly champion: number;
  readonly gained: number;
  readonly lost: number;
  /** By how much more the challenger loses, in nats a row. */
  readonly logLoss: number;
  /** How often chance alone makes a loss like this in one segment or another. */
  readonly worse: number;
}

/** What was decided of a model and why, from the gate to the `model` message. Nothing was measured where it could not be. */
export interface GateDecision extends Comparison {
  readonly promoted: boolean;
  readonly rule: Rule;
  /** One sentence for people, with the numbers. */
  readonly reason: string;
  /** The same on all trusted rows, those of the training side included, where those are judged. */
  readonly all?: Comparison;
  /** Beside the best model that was ever proved, where that is not the champion. */
  readonly best?: Pick<Comparison, 'test' | 'loss'>;
  /** What later models are told of this one: how it did beside the best. */
  readonly besideBest?: BesideBest;
  /** Whether the challenger is now the best that was ever proved. */
  readonly provedBest?: boolean;
  readonly segments?: readonly SegmentResult[];
  /** The same on the rows that people labelled, where those are judged on their own. */
  readonly people?: Comparison;
}

export type Ruling = Pick<GateDecision, 'promoted' | 'rule' | 'reason'>;

export function promote(rule: Rule, reason: string): Ruling {
  return { promoted: true, rule, reason };
}

export function refuse(rule: Rule, reason: string): Ruling {
  return { promoted: false, rule, reason };
}
