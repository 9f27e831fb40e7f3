/** What repeated measurements say: the middle one, and how far the others lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: percentile(sorted, 0.5),
    low: sorted.at(0) ?? Number.NaN,
    high: sorted.at(-1) ?? Number.NaN,
    samples: sorted.length,
  };
}

/** Of sorted values, the one below which the given share of them lies. */
export function percentile(sorted: readonly number[], share: number): number {
  const last = sorted.length - 1;
  const below = sorted[Math.floor(last * share)] ?? Number.NaN;
  const above = sorted[Math.ceil(last * share)] ?? Number.NaN;
  return (below + above) / 2;
}

/** What several variants measured in the same rounds, so that one can be held against another round by round. */
export class Series<Name extends string> {
  readonly #values: Readonly<Record<Name, readonly number[]>>;

  constructor(values: Readonly<Record<Name, readonly number[]>>) {
    this.#values = values;
  }

  spread(name: Name): Spread {
    return spreadOf(this.#values[name]);
  }

  ratio(of: Name, to: Name): Spread {
    return spreadOf(this.#values[of].map((value, round) => value / (this.#values[to][round] ?? Number.NaN)));
  }
}

export type Variants<Name extends string> = Readonly<Record<Name, () => Promise<number>>>;

/**
 * Lets variants take turns, so that whatever else the machine does befalls all of them alike. Each round begins
 * with another one, and a first round warms up and does not count.
 */
export async function alternate<Name extends string>(
  rounds: number,
  variants: Variants<Name>,
): Promise<Series<Name>> {
  const names = Object.keys(variants) as Name[];
  const values = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const value = await variants[name]();
      if (round > 0) values[name].push(value);
    }
  }
  return new Series(values);
}

/** How long some work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Works through a list with so many pieces of work under way at any time. */
export async function inFlight<Item>(
  width: number,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
