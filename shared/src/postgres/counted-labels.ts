import type { GivenLabel } from './given-labels.ts';
import { compareKeys, type ItemLabels, isLater } from './labelled-items.ts';
import type { InfluenceCaps } from './training-data.ts';

/** The newest labels of each reviewer and each batch, as many as they may have of what is learned, or judges. */
export function countedLabels(
  items: readonly ItemLabels[],
  judges: boolean,
  ownRows: number,
  { reviewerShare, batchShare, minimumRows }: InfluenceCaps,
): GivenLabel[] {
  const labels = items.flatMap(({ first, latest }) => (first.judges === judges ? [...latest.values()] : []));
  const capOf = (share: number, source: (label: GivenLabel) => string) =>
    Math.max(minimumRows, fairShare(countBy(labels, source).values(), ownRows, share));
  const mostOfReviewer = capOf(reviewerShare, ({ principal }) => principal);
  const mostOfBatch = capOf(batchShare, ({ batch_id }) => batch_id);
  const ofReviewer = new Map<string, number>();
  const ofBatch = new Map<string, number>();
  const newestFirst = labels.sort((a, b) => b.time - a.time || a.place - b.place || compareKeys(a, b));
  return inTurns(newestFirst).filter(({ principal, batch_id }) => {
    const nthOfReviewer = (ofReviewer.get(principal) ?? 0) + 1;
    const nthOfBatch = (ofBatch.get(batch_id) ?? 0) + 1;
    if (nthOfReviewer > mostOfReviewer || nthOfBatch > mostOfBatch) return false;
    ofReviewer.set(principal, nthOfReviewer);
    ofBatch.set(batch_id, nthOfBatch);
    return true;
  });
}

/**
 * The newest of every name, then the next of every name, and so on: names that nobody checked share one cap, and whoever
 * makes many labels under one of them does not take the others' part of it.
 */
function inTurns(labels: readonly GivenLabel[]): GivenLabel[] {
  const given = new Map<string | null, number>();
  const turns = labels.map(label => {
    const turn = given.get(label.person) ?? 0;
    given.set(label.person, turn + 1);
    return { label, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ label }) => label);
}

function countBy<One>(list: readonly One[], source: (one: One) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(source(one), (counts.get(source(one)) ?? 0) + 1);
  return counts;
}

export function validLabels(
  items: readonly ItemLabels[],
  counted: ReadonlySet<GivenLabel>,
): Map<ItemLabels, GivenLabel> {
  const valid = new Map<ItemLabels, GivenLabel>();
  for (const item of items) {
    for (const label of item.latest.values()) {
      const best = valid.get(item);
      if (counted.has(label) && (!best || isStronger(label, best))) valid.set(item, label);
    }
  }
  return valid;
}

function isStronger(one: GivenLabel, other: GivenLabel): boolean {
  const [isNamed, isOtherNamed] = [one.principal !== '', other.principal !== ''];
  return isNamed === isOtherNamed ? isLater(one, other) : isNamed;
}

/**
 * How many rows of one source may be learned from, so that none has more than `share` of what all sources and the
 * `others`, which are never capped, bring together. `counts` are the rows that each source offers. If the k largest
 * sources are cut to the same number c, then c = share * (others + rest + k * c); the cut is the least such c.
 */
export function fairShare(counts: Iterable<number>, others: number, share: number): number {
  const largest = Float64Array.from(counts).sort().reverse();
  let rest = largest.reduce((sum, count) => sum + count, others);
  let least = Infinity;
  for (let k = 0; k * share < 1; k += 1) {
    least = Math.min(least, (share * rest) / (1 - k * share));
    const count = largest[k];
    if (count === undefined) break;
    rest -= count;
  }
  return least;
}
