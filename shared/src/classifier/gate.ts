import {
  againstChampion,
  againstPeople,
  belowFloor,
  defaultGateSettings,
  type GateSettings,
  promote,
  refuse,
  type Verdict,
} from './gate-rules.ts';
import { compareModels, type PairedTest } from './mcnemar.ts';
import { type Metrics, measure } from './metrics.ts';
import { type Contestant, divide, type Panel } from './panels.ts';

export interface Contest extends Panel {
  /** For each row 1 if a person labelled it, 0 if the bank did; without it, all count as the bank's. */
  readonly byPeople?: ArrayLike<number> | undefined;
  readonly settings?: Partial<GateSettings> | undefined;
}

export interface Decision extends Verdict {
  /** Missing only where the scores cannot be judged. */
  readonly challenger?: Metrics;
  readonly champion?: Metrics;
  readonly test?: PairedTest;
  /** How the two did on the notes that people labelled, where those are judged on their own. */
  readonly people?: Pick<Decision, 'challenger' | 'champion' | 'test'>;
}

/**
 * Decides whether the challenger may answer from now on, and says why. Whatever it is given, it never throws. The
 * bank's notes judge; people's notes may only object, and judge along with them while the bank's are too few.
 */
export function decide(contest: Contest): Decision {
  const { champion, challenger, classes, byPeople = [] } = contest;
  const unfit = unfitScores(champion ? [challenger, champion] : [challenger], classes.length);
  if (unfit) return unfit;
  const rules = { ...defaultGateSettings, ...contest.settings };
  const { bank, people } = divide({ champion, challenger, classes }, byPeople);
  if (bank.classes.length < rules.minimumRows) return judge(contest, rules);
  const decision = judge(bank, rules);
  return people.classes.length > 0 ? hearPeople(decision, people, rules) : decision;
}

function judge({ champion, challenger, classes }: Panel, rules: GateSettings): Decision {
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

function hearPeople(
  decision: Decision,
  { champion, challenger, classes }: Panel,
  rules: GateSettings,
): Decision {
  const metrics = measure(challenger.scores, classes);
  if (!champion) return { ...decision, people: { challenger: metrics } };
  const test = compareModels(champion.scores, challenger.scores, classes);
  const objection = decision.promoted ? againstPeople(classes.length, test, rules) : undefined;
  const people = { challenger: metrics, champion: measure(champion.scores, classes), test };
  return { ...decision, ...objection, people };
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
