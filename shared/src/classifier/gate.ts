import {
  againstChampion,
  belowFloor,
  defaultGateSettings,
  type GateSettings,
  promote,
  refuse,
  type Verdict,
} from './gate-rules.ts';
import { compareModels, type PairedTest } from './mcnemar.ts';
import { type Metrics, measure } from './metrics.ts';

/** A model's scores for the hold-out rows, in their order. */
export interface Contestant {
  readonly scores: ArrayLike<number>;
}

export interface Contest {
  /** The model that answers now, if there is one. */
  readonly champion?: Contestant | undefined;
  readonly challenger: Contestant;
  /** The true classes of the hold-out rows. */
  readonly classes: ArrayLike<number>;
  readonly settings?: Partial<GateSettings> | undefined;
}

export interface Decision extends Verdict {
  /** Missing only where the scores cannot be judged. */
  readonly challenger?: Metrics;
  readonly champion?: Metrics;
  readonly test?: PairedTest;
}

/** Decides whether the challenger may answer from now on, and says why. Whatever it is given, it never throws. */
export function decide({ champion, challenger, classes, settings }: Contest): Decision {
  const contestants = champion ? [challenger, champion] : [challenger];
  const unfit = unfitScores(contestants, classes.length);
  if (unfit) return unfit;

  const rules = { ...defaultGateSettings, ...settings };
  const metrics = measure(challenger.scores, classes);
  const floor = unfitRows(metrics, rules) ?? belowFloor(metrics, rules);
  if (!champion) {
    const { correct, rows } = metrics;
    return {
      ...(floor ??
        promote('first-model', `The first model: it got ${correct} of ${rows} hold-out notes right.`)),
      challenger: metrics,
    };
  }
  const test = compareModels(champion.scores, challenger.scores, classes);
  return {
    ...(floor ?? againstChampion(metrics.rows, test, rules)),
    challenger: metrics,
    champion: measure(champion.scores, classes),
    test,
  };
}

function unfitScores(contestants: readonly Contestant[], rows: number): Verdict | undefined {
  const lengths = contestants.map(({ scores }) => scores.length);
  if (lengths.some(length => length !== rows)) {
    return refuse('rows-disagree', `There are ${lengths.join(' and ')} scores for ${rows} hold-out notes.`);
  }
  if (!contestants.every(({ scores }) => Array.from(scores).every(isProbability))) {
    return refuse('invalid-scores', 'Some scores are not probabilities: the model that gave them is broken.');
  }
  return undefined;
}

function unfitRows({ rows, classes }: Metrics, { minimumRows }: GateSettings): Verdict | undefined {
  if (rows < minimumRows) {
    return refuse(
      'too-few-rows',
      `There are ${rows} hold-out notes, and at least ${minimumRows} are needed to judge.`,
    );
  }
  if (classes.real.support > 0 && classes.fake.support > 0) return undefined;
  const only = classes.real.support > 0 ? 'real' : 'fake';
  return refuse(
    'one-class-only',
    `All ${rows} hold-out notes are ${only}: both classes are needed to judge.`,
  );
}

function isProbability(score: number): boolean {
  return score >= 0 && score <= 1;
}
