import type { DataSet } from '../data-set/declaration.ts';
import type { GivenLabel } from './given-labels.ts';
import { NearItems } from './near-items.ts';
import type { OwnRows } from './own-rows.ts';

/** What people said of one item. */
export interface ItemLabels {
  /** By whose features the item is learned, and on which side it is. */
  readonly first: GivenLabel;
  readonly labels: GivenLabel[];
  /** Each reviewer's latest label. */
  readonly latest: Map<string, GivenLabel>;
}

/** An item that the data set has is that one alone; of all others those that are near each other are one. */
export function groupByItem(
  dataSet: DataSet,
  own: OwnRows,
  labels: readonly GivenLabel[],
): readonly ItemLabels[] {
  const near = new NearItems<ItemLabels>(dataSet, own);
  const byPlace = new Map<number, ItemLabels>();
  const ofPeople = labels.filter(({ isSetAside }) => !isSetAside);
  for (const label of ofPeople.sort((a, b) => a.time - b.time || a.place - b.place || compareKeys(a, b))) {
    const make = (): ItemLabels => ({ first: label, labels: [], latest: new Map() });
    const known = byPlace.get(label.place);
    const item = known ?? (label.ownClass === null ? near.findOrAdd(label.features, make) : make());
    byPlace.set(label.place, item);
    item.labels.push(label);
    const before = item.latest.get(label.principal);
    if (!before || isLater(label, before)) item.latest.set(label.principal, label);
  }
  return [...new Set(byPlace.values())];
}

export function isLater(one: GivenLabel, other: GivenLabel): boolean {
  const later = one.time - other.time || one.class - other.class || other.place - one.place;
  return (later || compareKeys(other, one)) > 0;
}

export function compareKeys(one: GivenLabel, other: GivenLabel): number {
  if (one.batch_id !== other.batch_id) return one.batch_id < other.batch_id ? -1 : 1;
  return one.position - other.position;
}
