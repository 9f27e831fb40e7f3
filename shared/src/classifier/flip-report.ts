import { calledClass } from '../learning/metrics.ts';

/** An answer that was given to somebody, by the name of the class, and what a person said of it, if anyone did. */
export interface GivenAnswer {
  readonly label: string;
  readonly isCorrect: boolean | null;
  /** What the item really is, where the person said more than right or wrong. */
  readonly truth?: string | null;
}

export interface Flip {
  /** The place of the row among those given. */
  readonly position: number;
  readonly from: string;
  readonly to: string;
  /** With two classes, the probability of class 1. */
  readonly score?: number;
  /** With more, that of the new answer. */
  readonly probability?: number;
  readonly truth?: string;
}

export interface FlipReport {
  readonly rows: number;
  /** How many rows a person has rated. */
  readonly rated: number;
  readonly changed: number;
  /** Of the changed: how many new answers are what the person said, and how many are known not to be. */
  readonly agreeing: number;
  readonly contradicting: number;
  readonly examples: readonly Flip[];
}

/** What would become of the latest answers if the challenger gave them, by its probabilities of each class. */
export function reportFlips(
  given: readonly GivenAnswer[],
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  mostExamples = 5,
): FlipReport {
  if (given.length * classes.length !== probabilities.length) {
    const rows = probabilities.length / classes.length;
    throw new RangeError(`There are ${rows} scores for ${given.length} answers: pass one for each.`);
  }
  const flips = given.flatMap((row, position) => flipOf(row, position, probabilities, classes));
  return {
    rows: given.length,
    rated: given.filter(({ isCorrect }) => isCorrect !== null).length,
    changed: flips.length,
    agreeing: flips.filter(({ truth, to }) => truth === to).length,
    contradicting: flips.filter(({ truth, to }) => truth !== undefined && truth !== to).length,
    // What a person contradicts is what a reader must see first.
    examples: flips.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, mostExamples),
  };
}

function flipOf(
  given: GivenAnswer,
  position: number,
  probabilities: ArrayLike<number>,
  classes: readonly string[],
): Flip[] {
  const called = calledClass(probabilities, position, classes.length);
  const to = classes[called];
  if (to === undefined || to === given.label) return [];
  const truth = truthOf(given, classes);
  const probabilityOf = (number: number) => probabilities[position * classes.length + number] ?? Number.NaN;
  return [
    {
      position,
      from: given.label,
      to,
      ...(classes.length === 2 ? { score: probabilityOf(1) } : { probability: probabilityOf(called) }),
      ...(truth !== undefined && { truth }),
    },
  ];
}

/** Of two classes, a wrong answer leaves the other one; of more, only a person can say which. */
function truthOf({ label, isCorrect, truth }: GivenAnswer, classes: readonly string[]): string | undefined {
  if (truth != null) return truth;
  if (isCorrect === null) return undefined;
  if (isCorrect) return label;
  return classes.length === 2 ? classes.find(name => name !== label) : undefined;
}

function urgency({ truth, to }: Flip): number {
  if (truth === undefined) return 0;
  return truth === to ? 1 : 2;
}
