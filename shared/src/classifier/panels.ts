/** A model's scores for the hold-out rows, in their order. */
export interface Contestant {
  readonly scores: ArrayLike<number>;
}

/** Rows to judge on, and what the models say of them. */
export interface Panel {
  /** The model that answers now, if there is one. */
  readonly champion?: Contestant | undefined;
  readonly challenger: Contestant;
  /** The true classes of the rows. */
  readonly classes: ArrayLike<number>;
}

/** Parts the rows that the bank labelled from those that people labelled. */
export function divide(
  { champion, challenger, classes }: Panel,
  byPeople: ArrayLike<number>,
): { readonly bank: Panel; readonly people: Panel } {
  const pick = (values: ArrayLike<number>, person: boolean): number[] =>
    Array.from(values).filter((_, row) => (byPeople[row] === 1) === person);
  const panel = (person: boolean): Panel => ({
    champion: champion && { scores: pick(champion.scores, person) },
    challenger: { scores: pick(challenger.scores, person) },
    classes: pick(classes, person),
  });
  return { bank: panel(false), people: panel(true) };
}
