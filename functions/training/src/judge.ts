import type { DataSet } from '@banknote-loop/shared';
import {
  decide,
  type FlipReport,
  type GateDecision,
  type GateSettings,
  reportFlips,
  segmentsOf,
} from '@banknote-loop/shared/classifier';
import { classNames, type Report } from '@banknote-loop/shared/contract';
import { encodeRows } from '@banknote-loop/shared/data-set';
import type { Classifier } from '@banknote-loop/shared/learning';
import { categoriesOf } from '@banknote-loop/shared/models';
import {
  noOwnClass,
  type PromotedModel,
  type RatedPrediction,
  type TrainingData,
} from '@banknote-loop/shared/postgres';
import { answersOf, type Champion } from './rival.ts';

export interface JudgeSettings extends GateSettings {
  /** How many of the latest answers are given again. */
  readonly flipRows: number;
}

export interface Challenger extends Classifier {
  /**
   * For every training row the probability of each class, by a model that has not learned from that row. Of a model from
   * elsewhere nobody knows what it has learned from, so it has none, and the hold-out alone judges it.
   */
  readonly scores?: Float64Array;
}

export interface JudgeInput {
  readonly dataSet: DataSet;
  readonly champion:
    | Pick<Champion, 'probabilities' | 'outOfFold' | 'best' | 'repeats' | 'earlier'>
    | undefined;
  readonly set: JudgedData;
  /** The latest answers, whoever gave them. */
  readonly answers: readonly RatedPrediction[];
  readonly settings: JudgeSettings;
}

export type JudgedData = Pick<
  TrainingData,
  'holdout' | 'holdoutByPeople' | 'holdoutReviewers' | 'training' | 'trainingOwnClasses'
>;

export interface Judgement {
  readonly decision: GateDecision;
  /** What would become of the latest answers; missing where no model came of the training. */
  readonly flips?: FlipReport;
}

/**
 * Holds a model against the one that answers: on all rows whose class the data set itself gives, each answered by a model
 * that has not seen it, on those of people in the hold-out, and on the latest answers.
 */
export function judge(
  challenger: Challenger,
  { dataSet, champion, set, answers, settings }: JudgeInput,
): Judgement {
  const names = classNames(dataSet);
  const rows = judgingRows(set, challenger.scores !== undefined);
  const width = names.length;
  const own = new Float64Array((set.holdout.count + set.training.count) * width);
  own.set(challenger.probabilities(set.holdout.features));
  if (challenger.scores) own.set(challenger.scores, set.holdout.count * width);
  const best = champion?.best;
  const decision = decide({
    classes: names,
    item: dataSet.item,
    truth: rows.truth,
    challenger: rows.pick(own, width),
    champion: champion && rows.pick(answersOf(champion, set), width),
    anchor: best && rows.pick(answersOf(best, set), width),
    repeats: champion?.repeats,
    earlier: champion?.earlier,
    byPeople: rows.byPeople,
    reviewers: rows.reviewers,
    outOfFold: rows.outOfFold,
    segments:
      champion &&
      segmentsOf({
        columns: dataSet.features.map(feature => ({
          name: feature.name,
          categories: categoriesOf(feature),
        })),
        values: rows.values,
        classes: names,
        truth: rows.truth,
        rows: rows.trusted,
      }),
    settings: {
      ...settings,
      minimumAccuracy: settings.minimumAccuracy ?? dataSet.floor.accuracy,
      minimumRecall: settings.minimumRecall ?? dataSet.floor.recall,
    },
  });
  const answered = encodeRows(
    dataSet,
    answers.map(({ features }) => features),
  );
  return { decision, flips: reportFlips(answers, challenger.probabilities(answered), names) };
}

/** The hold-out, then those training rows that the data set has a class for, where there are answers to them. */
function judgingRows(
  { holdout, holdoutByPeople, holdoutReviewers, training, trainingOwnClasses }: JudgedData,
  isCrossFitted: boolean,
) {
  const known = isCrossFitted
    ? [...trainingOwnClasses.keys()].filter(row => trainingOwnClasses[row] !== noOwnClass)
    : [];
  const all = Uint32Array.from([...holdout.classes.keys(), ...known.map(row => holdout.count + row)]);
  const pick = (values: Float64Array, width: number): Float64Array => {
    const picked = new Float64Array(all.length * width);
    all.forEach((row, place) => {
      picked.set(values.subarray(row * width, (row + 1) * width), place * width);
    });
    return picked;
  };
  const extend = <Numbers extends Uint8Array | Uint32Array>(to: Numbers, from: Numbers): Numbers => {
    to.set(from);
    return to;
  };
  const values = new Float64Array((holdout.count + training.count) * holdout.columns);
  values.set(holdout.features);
  values.set(training.features, holdout.features.length);
  return {
    pick,
    values: pick(values, holdout.columns),
    truth: Uint8Array.from([...holdout.classes, ...known.map(row => trainingOwnClasses[row] ?? 0)]),
    byPeople: extend(new Uint8Array(all.length), holdoutByPeople),
    reviewers: extend(new Uint32Array(all.length), holdoutReviewers),
    outOfFold: Uint8Array.from(all, row => (row < holdout.count ? 0 : 1)),
    trusted: Uint32Array.from(all.keys()).filter(place => holdoutByPeople[place] !== 1),
  };
}

/**
 * While a person holds a model in its place, no other takes it, however good it is, unless that model cannot answer any
 * more: then the loop would answer nothing until somebody lets it go.
 */
export function respectPin(
  decision: GateDecision,
  live: PromotedModel | undefined,
  whyItCannotAnswer: string | undefined,
): GateDecision {
  if (live?.kind !== 'pin') return decision;
  const { model_file_name, made_by, why } = live;
  if (whyItCannotAnswer !== undefined) {
    const lapsed = `The model ${model_file_name}, pinned by ${made_by} (${why}), cannot answer any more: ${whyItCannotAnswer}`;
    return { ...decision, reason: `${decision.reason} ${lapsed}` };
  }
  const reason = `The model ${model_file_name} is pinned by ${made_by} (${why}). Without the pin: ${decision.reason}`;
  return { ...decision, promoted: false, rule: 'pinned', reason };
}

/** What a decision rests on, for the message and whoever reads it. */
export function reportOn(dataSet: DataSet, decision: GateDecision, flips: FlipReport | undefined): Report {
  const { rule, challenger, champion, test, loss, all, best, provedBest, segments, people } = decision;
  return {
    rule,
    classes: classNames(dataSet),
    challenger: challenger ?? null,
    champion: champion ?? null,
    test: test ?? null,
    loss: loss ?? null,
    all: all ?? null,
    best: best ?? null,
    provedBest: provedBest ?? false,
    segments: segments ?? null,
    people: people ?? null,
    flips: flips ?? null,
  };
}
