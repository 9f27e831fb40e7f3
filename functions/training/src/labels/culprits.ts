/** A label as far as the search for culprits knows it. */
export interface Suspect {
  readonly reviewer: string | null;
  /** How probable the label is by what is trusted; null where that says nothing. */
  readonly plausibility: number | null;
}

export interface SearchSettings<Label> {
  /** Tells whether a model would pass that has learned, and is judged, without these labels. */
  readonly passesWithout: (suspects: readonly Label[]) => Promise<boolean>;
  /** So many models are tried at most. */
  readonly mostTries: number;
  /** No further model is tried once this says so. */
  readonly isLate: () => boolean;
}

/** So many reviewers are left out one at a time. */
const mostReviewers = 8;

/**
 * Finds the labels without which learning would go on: all those of people, or of the one reviewer, and of these as few as
 * possible, the least plausible first. Finds nothing where people's labels are not what holds it back. Whenever it has to
 * end, it answers with the fewest found until then.
 */
export async function findCulprits<Label extends Suspect>(
  suspects: readonly Label[],
  settings: SearchSettings<Label>,
): Promise<readonly Label[]> {
  const search = new Search(settings);
  if (suspects.length === 0 || !(await search.passesWithout(suspects))) return [];
  const group = (await search.implausible(suspects)) ?? (await search.oneReviewer(suspects)) ?? suspects;
  return search.fewest(group.toSorted(byPlausibility));
}

class Search<Label extends Suspect> {
  readonly #settings: SearchSettings<Label>;
  #tries = 0;

  constructor(settings: SearchSettings<Label>) {
    this.#settings = settings;
  }

  async passesWithout(suspects: readonly Label[]): Promise<boolean> {
    this.#tries += 1;
    return this.#settings.passesWithout(suspects);
  }

  /** Those that what is trusted speaks against, before anybody is blamed of whom nothing bad is known. */
  async implausible(suspects: readonly Label[]): Promise<readonly Label[] | undefined> {
    const group = suspects.filter(suspect => plausibilityOf(suspect) < 0.5);
    if (group.length === 0 || group.length === suspects.length || this.#isOver) return undefined;
    return (await this.passesWithout(group)) ? group : undefined;
  }

  /** The labels of the one reviewer without whom it passes, the least plausible reviewers tried first, then those with the most labels. */
  async oneReviewer(suspects: readonly Label[]): Promise<readonly Label[] | undefined> {
    const groups = [...Map.groupBy(suspects, ({ reviewer }) => reviewer).values()];
    if (groups.length < 2) return undefined;
    const sorted = groups.toSorted((a, b) => doubtOf(b) - doubtOf(a) || b.length - a.length);
    for (const group of sorted.slice(0, mostReviewers)) {
      if (this.#isOver) return undefined;
      if (await this.passesWithout(group)) return group;
    }
    return undefined;
  }

  /** The shortest beginning of the list without which it passes. */
  async fewest(group: readonly Label[]): Promise<readonly Label[]> {
    let [tooFew, enough] = [0, group.length];
    while (enough - tooFew > 1 && !this.#isOver) {
      const middle = Math.floor((tooFew + enough) / 2);
      if (await this.passesWithout(group.slice(0, middle))) enough = middle;
      else tooFew = middle;
    }
    return group.slice(0, enough);
  }

  get #isOver(): boolean {
    return this.#tries >= this.#settings.mostTries || this.#settings.isLate();
  }
}

/** Where nothing is known of a label, it is as probable as not. */
function plausibilityOf({ plausibility }: Suspect): number {
  return plausibility ?? 0.5;
}

function byPlausibility(a: Suspect, b: Suspect): number {
  return plausibilityOf(a) - plausibilityOf(b);
}

/** How much speaks against a reviewer's labels together. */
function doubtOf(group: readonly Suspect[]): number {
  return group.reduce((sum, suspect) => sum + (0.5 - plausibilityOf(suspect)), 0) / Math.sqrt(group.length);
}
