import { classOf, classOfScore, type Label, labelOf } from '../contract/classes.ts';

/** An answer already given, with what a person said the note really is, if anyone did. */
export interface GivenAnswer {
  readonly answer: Label;
  readonly truth?: Label | undefined;
}

export interface Flip {
  /** The place of the row among those given. */
  readonly position: number;
  readonly from: Label;
  readonly to: Label;
  readonly score: number;
  readonly truth?: Label;
}

export interface FlipReport {
  readonly rows: number;
  /** How many rows a person has rated. */
  readonly rated: number;
  readonly changed: number;
  /** Of the changed and rated: how many new answers are what the person said, and how many are not. */
  readonly agreeing: number;
  readonly contradicting: number;
  readonly examples: readonly Flip[];
}

/** What would become of the latest answers if the challenger gave them. */
export function reportFlips(
  given: readonly GivenAnswer[],
  scores: ArrayLike<number>,
  mostExamples = 5,
): FlipReport {
  if (given.length !== scores.length) {
    throw new RangeError(`There are ${scores.length} scores for ${given.length} answers: pass one for each.`);
  }
  const flips = given.flatMap((row, position) => flipOf(row, scores[position] ?? Number.NaN, position));
  return {
    rows: given.length,
    rated: given.filter(({ truth }) => truth !== undefined).length,
    changed: flips.length,
    agreeing: flips.filter(({ truth, to }) => truth === to).length,
    contradicting: flips.filter(({ truth, to }) => truth !== undefined && truth !== to).length,
    // What a person contradicts is what a reader must see first.
    examples: flips.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, mostExamples),
  };
}

function flipOf({ answer, truth }: GivenAnswer, score: number, position: number): Flip[] {
  const now = classOfScore(score);
  if (now === classOf(answer)) return [];
  return [{ position, from: answer, to: labelOf(now), score, ...(truth && { truth }) }];
}

function urgency({ truth, to }: Flip): number {
  if (truth === undefined) return 0;
  return truth === to ? 1 : 2;
}
