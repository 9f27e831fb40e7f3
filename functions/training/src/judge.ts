import { type DataSet, PermanentError } from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import {
  decide,
  type FlipReport,
  type GateDecision,
  type GateSettings,
  reportFlips,
} from '@banknote-loop/shared/classifier';
import { classNames, type Report } from '@banknote-loop/shared/contract';
import { encodeRows } from '@banknote-loop/shared/data-set';
import type { Classifier } from '@banknote-loop/shared/learning';
import { type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';
import type { PromotedModel, RatedPrediction, TrainingData } from '@banknote-loop/shared/postgres';

export interface JudgeSettings extends GateSettings {
  /** How many of the latest answers are given again. */
  readonly flipRows: number;
}

export interface Champion extends LoadedModel {
  readonly fileName: string;
}

export interface JudgeInput {
  readonly dataSet: DataSet;
  readonly champion: Classifier | undefined;
  readonly set: Pick<TrainingData, 'holdout' | 'holdoutByPeople'>;
  /** The latest answers, whoever gave them. */
  readonly answers: readonly RatedPrediction[];
  readonly settings: JudgeSettings;
}

export interface Judgement {
  readonly decision: GateDecision;
  /** What would become of the latest answers; missing where no model came of the training. */
  readonly flips?: FlipReport;
}

/**
 * The model that answers now. One whose file is gone or damaged can defend nothing: then the challenger is judged
 * like a first model, so that the loop gets out of such a state by itself.
 */
export async function loadChampion(
  dataSet: DataSet,
  store: ModelStore,
  fileName: string | undefined,
): Promise<Champion | undefined> {
  const content = fileName && (await store.find(fileName));
  if (!fileName || !content) return undefined;
  try {
    return { fileName, ...loadClassifier(dataSet, fileName, content) };
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

/** Holds a model against the one that answers: on the hold-out rows, and on the latest answers. */
export function judge(
  challenger: Classifier,
  { dataSet, champion, set, answers, settings }: JudgeInput,
): Judgement {
  const names = classNames(dataSet);
  const { features, classes } = set.holdout;
  const decision = decide({
    classes: names,
    item: dataSet.item,
    truth: classes,
    challenger: challenger.probabilities(features),
    champion: champion?.probabilities(features),
    byPeople: set.holdoutByPeople,
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

/** While a person holds a model in its place, no other takes it, however good it is. */
export function respectPin(decision: GateDecision, live: PromotedModel | undefined): GateDecision {
  if (live?.kind !== 'pin') return decision;
  const { model_file_name, made_by, why } = live;
  const reason = `The model ${model_file_name} is pinned by ${made_by} (${why}). Without the pin: ${decision.reason}`;
  return { ...decision, promoted: false, rule: 'pinned', reason };
}

/** What a decision rests on, for the message and whoever reads it. */
export function reportOn(dataSet: DataSet, decision: GateDecision, flips: FlipReport | undefined): Report {
  const { rule, challenger, champion, test, people } = decision;
  return {
    rule,
    classes: classNames(dataSet),
    challenger: challenger ?? null,
    champion: champion ?? null,
    test: test ?? null,
    people: people ?? null,
    flips: flips ?? null,
  };
}
