import type { ModelMessage } from '@banknote-loop/shared';
import { reportFlips } from '@banknote-loop/shared/classifier/flip-report.ts';
import { type Classifier, compileModel } from '@banknote-loop/shared/classifier/forward.ts';
import { decide } from '@banknote-loop/shared/classifier/gate.ts';
import type { GateSettings } from '@banknote-loop/shared/classifier/gate-rules.ts';
import type { Metrics } from '@banknote-loop/shared/classifier/metrics.ts';
import type { Network } from '@banknote-loop/shared/classifier/network.ts';
import type { TrainingRefusal } from '@banknote-loop/shared/classifier/training-outcome.ts';
import type { TrainingSet } from '@banknote-loop/shared/classifier/training-set.ts';
import { wilsonInterval } from '@banknote-loop/shared/classifier/wilson.ts';
import { classOf, labelOf } from '@banknote-loop/shared/contract/classes.ts';
import type { Answer } from '@banknote-loop/shared/postgres/answers.ts';

export interface JudgeSettings extends GateSettings {
  /** How many of the latest answers are given again. */
  readonly flipRows: number;
}

interface Court {
  readonly champion: Classifier | undefined;
  readonly holdout: TrainingSet;
  readonly answers: readonly Answer[];
  readonly rules: JudgeSettings;
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
export function judgeNetwork(network: Network, { champion, holdout, answers, rules }: Court): Verdict {
  const challenger = compileModel(network);
  const decision = decide({
    challenger: { scores: challenger.scores(holdout.features) },
    champion: champion && { scores: champion.scores(holdout.features) },
    classes: holdout.classes,
    settings: rules,
  });
  const flips = reportFlips(answers.map(asGiven), challenger.scores(answers.map(({ features }) => features)));
  const { promoted, rule, reason, test } = decision;
  const { accuracy = 0, logLoss = 0 } = decision.challenger ?? {};
  const scores = { challenger: withInterval(decision.challenger), champion: withInterval(decision.champion) };
  return {
    promoted,
    reason,
    accuracy,
    logLoss,
    report: asJson({ rule, ...scores, test: test ?? null, flips }),
  };
}

/** Rows that nothing can be learned from end in a refusal like any other. */
export function refuseUntrained({ code, reason }: TrainingRefusal): Verdict {
  return { promoted: false, reason, accuracy: 0, logLoss: 0, report: { rule: code } };
}

function asGiven({ answer, isCorrect }: Answer) {
  if (isCorrect === null) return { answer };
  const opposite = labelOf(classOf(answer) === 1 ? 0 : 1);
  return { answer, truth: isCorrect ? answer : opposite };
}

function withInterval(metrics: Metrics | undefined) {
  return metrics ? { ...metrics, interval: wilsonInterval(metrics.correct, metrics.rows) } : null;
}

/** The report as it will be read back, which is also what the message's schema asks for. */
function asJson(report: object): ModelMessage['report'] {
  return JSON.parse(JSON.stringify(report));
}
