import type { ModelMessage } from '@banknote-loop/shared';
import {
  type Classifier,
  compileModel,
  type Decision,
  decide,
  type GateSettings,
  type Metrics,
  type Network,
  reportFlips,
  type TrainingRefusal,
  wilsonInterval,
} from '@banknote-loop/shared/classifier';

import { classOf, labelOf } from '@banknote-loop/shared/contract';
import type { DataSet, PromotedModel, RatedPrediction } from '@banknote-loop/shared/postgres';

export interface JudgeSettings extends GateSettings {
  /** How many of the latest answers are given again. */
  readonly flipRows: number;
}

interface Court {
  readonly champion: Classifier | undefined;
  readonly set: Pick<DataSet, 'holdout' | 'holdoutByPeople'>;
  readonly answers: readonly RatedPrediction[];
  readonly gate: JudgeSettings;
}

/** The decision, and what it rests on as the report of the job. */
export interface Verdict {
  readonly promoted: boolean;
  readonly reason: string;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly report: ModelMessage['report'];
}

/** Holds a network against the model that answers: on the hold-out rows, and on the latest answers. */
export function judgeNetwork(network: Network, { champion, set, answers, gate }: Court): Verdict {
  const challenger = compileModel(network);
  const { holdout, holdoutByPeople } = set;
  const decision = decide({
    challenger: { scores: challenger.scores(holdout.features) },
    champion: champion && { scores: champion.scores(holdout.features) },
    classes: holdout.classes,
    byPeople: holdoutByPeople,
    settings: gate,
  });
  const flips = reportFlips(answers.map(asGiven), challenger.scores(answers.map(({ features }) => features)));
  const { promoted, rule, reason, people } = decision;
  const { accuracy = 0, logLoss = 0 } = decision.challenger ?? {};
  const scores = { ...withIntervals(decision), people: people ? withIntervals(people) : null };
  return { promoted, reason, accuracy, logLoss, report: asJson({ rule, ...scores, flips }) };
}

/** Rows that nothing can be learned from end in a refusal like any other. */
export function refuseUntrained({ code, reason }: TrainingRefusal): Verdict {
  return { promoted: false, reason, accuracy: 0, logLoss: 0, report: { rule: code } };
}

/** While a person holds a model in its place, no other takes it, however good it is. */
export function respectPin(verdict: Verdict, live: PromotedModel | undefined): Verdict {
  if (live?.kind !== 'pin') return verdict;
  const { model_file_name, made_by, why } = live;
  return {
    ...verdict,
    promoted: false,
    reason: `The model ${model_file_name} is pinned by ${made_by} (${why}). Without the pin: ${verdict.reason}`,
    report: { ...verdict.report, rule: 'pinned' },
  };
}

function asGiven({ label: answer, isCorrect }: RatedPrediction) {
  if (isCorrect === null) return { answer };
  const opposite = labelOf(classOf(answer) === 1 ? 0 : 1);
  return { answer, truth: isCorrect ? answer : opposite };
}

function withIntervals({ challenger, champion, test }: Pick<Decision, 'challenger' | 'champion' | 'test'>) {
  return { challenger: withInterval(challenger), champion: withInterval(champion), test: test ?? null };
}

function withInterval(metrics: Metrics | undefined) {
  return metrics ? { ...metrics, interval: wilsonInterval(metrics.correct, metrics.rows) } : null;
}

/** The report as it will be read back, which is also what the message's schema asks for. */
function asJson(report: object): ModelMessage['report'] {
  return JSON.parse(JSON.stringify(report));
}
