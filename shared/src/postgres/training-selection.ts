import type { TrainingSet } from '../classifier/training-set.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { fairShare } from './fair-share.ts';
import { classNames, hasTwoClasses } from './features.ts';
import type { GivenLabel, GivenLabels } from './given-labels.ts';
import { NearItems } from './near-items.ts';
import type { OwnRows } from './own-rows.ts';
import {
  fingerprintOf,
  type LabelRole,
  noOwnClass,
  type RoleChange,
  type SelectionRules,
  type TrainingData,
} from './training-data.ts';

// Which rows models learn from and are judged by:
//   items   what people said, by item; items that are all but the same count as one
//   counted each reviewer's latest word on each item, as far as the caps for reviewers and batches go, the newest first.
//           A label that a cap leaves out is left out before the labels of an item compete, so that it hides no other one
//   valid   of the counted words on an item the latest; that of a reviewer whose name was checked comes before all others
//   own     the data set's own rows. A person's label counts before theirs, but not in the hold-out: there they keep
//           their label, so that nobody can change what models are judged by. No row of theirs makes room for a person's
//   roles   what became of each label of a person's

interface Item {
  /** By whose features the item is learned, and on which side it is. */
  readonly first: GivenLabel;
  readonly labels: GivenLabel[];
  /** Each reviewer's latest label. */
  readonly words: Map<string, GivenLabel>;
}

/** What came of an item: a person's row, or one of the data set's own. */
interface Outcome {
  readonly class: number;
  readonly isUsed: boolean;
}

/** A row that the data set does not have. */
interface AddedRow {
  readonly item: Item;
  readonly label: GivenLabel;
  isUsed: boolean;
}

/** With so many times more rows than the smallest class, a class gives up labels of people's. */
const mostTimesMore = 1.25;

export function selectRows(
  dataSet: DataSet,
  own: OwnRows,
  { labels, outdated }: GivenLabels,
  rules: SelectionRules,
): TrainingData {
  const items = groupByItem(dataSet, own, labels);
  const sides = new Sides(dataSet, own, items);
  const counted = new Set(
    [false, true].flatMap(judges => countedWords(items, judges, sides.ownRows(judges), rules)),
  );
  const valid = validLabels(items, counted);
  for (const [item, label] of valid) sides.take(item, label);
  if (dataSet.balance) sides.balance(rules.minimumRows);

  const settled: RoleChange[] = outdated.map(label => ({ ...label, role: 'capped' }));
  const roles: Partial<Record<LabelRole, number>> = {};
  const settle = (label: GivenLabel, role: LabelRole): void => {
    roles[role] = (roles[role] ?? 0) + 1;
    const { batch_id, position, class: number } = label;
    if (role !== label.role) settled.push({ batch_id, position, class: number, role });
  };
  for (const item of items) {
    const outcome = sides.outcomeOf(item);
    for (const label of item.labels) settle(label, roleOf(label, item, outcome, valid.get(item), counted));
  }
  for (const label of labels) if (label.isSetAside) settle(label, 'set aside');
  const training = sides.rows(false);
  const holdout = sides.rows(true);
  return {
    training: training.set,
    holdout: holdout.set,
    holdoutByPeople: Uint8Array.from(holdout.reviewers, number => Math.min(number, 1)),
    holdoutReviewers: holdout.reviewers,
    trainingByPeople: training.reviewers.reduce((sum, number) => sum + Math.min(number, 1), 0),
    trainingOwnClasses: training.ownClasses,
    fingerprint: fingerprintOf(training.set, holdout.set),
    roles,
    changes: settled,
  };
}

/** An item that the data set has is that one alone; of all others those that are near each other are one. */
function groupByItem(dataSet: DataSet, own: OwnRows, labels: readonly GivenLabel[]): readonly Item[] {
  const near = new NearItems<Item>(dataSet, own);
  const byPlace = new Map<number, Item>();
  const ofPeople = labels.filter(({ isSetAside }) => !isSetAside);
  for (const label of ofPeople.sort((a, b) => a.time - b.time || a.place - b.place || compareKeys(a, b))) {
    const make = (): Item => ({ first: label, labels: [], words: new Map() });
    const known = byPlace.get(label.place);
    const item = known ?? (label.ownClass === null ? near.findOrAdd(label.features, make) : make());
    byPlace.set(label.place, item);
    item.labels.push(label);
    const before = item.words.get(label.principal);
    if (!before || isLater(label, before)) item.words.set(label.principal, label);
  }
  return [...new Set(byPlace.values())];
}

function isLater(one: GivenLabel, other: GivenLabel): boolean {
  const later = one.time - other.time || one.class - other.class || other.place - one.place;
  return (later || compareKeys(other, one)) > 0;
}

function compareKeys(one: GivenLabel, other: GivenLabel): number {
  if (one.batch_id !== other.batch_id) return one.batch_id < other.batch_id ? -1 : 1;
  return one.position - other.position;
}

/** The newest words of each reviewer and each batch, as many as they may have of what is learned, or judges. */
function countedWords(
  items: readonly Item[],
  judges: boolean,
  ownRows: number,
  { reviewerShare, batchShare, minimumRows }: SelectionRules,
): GivenLabel[] {
  const words = items.flatMap(({ first, words }) => (first.judges === judges ? [...words.values()] : []));
  const capOf = (share: number, source: (word: GivenLabel) => string) =>
    Math.max(minimumRows, fairShare(countBy(words, source).values(), ownRows, share));
  const mostOfReviewer = capOf(reviewerShare, ({ principal }) => principal);
  const mostOfBatch = capOf(batchShare, ({ batch_id }) => batch_id);
  const ofReviewer = new Map<string, number>();
  const ofBatch = new Map<string, number>();
  const newestFirst = words.sort((a, b) => b.time - a.time || a.place - b.place || compareKeys(a, b));
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
function inTurns(words: readonly GivenLabel[]): GivenLabel[] {
  const given = new Map<string | null, number>();
  const turns = words.map(word => {
    const turn = given.get(word.reviewer) ?? 0;
    given.set(word.reviewer, turn + 1);
    return { word, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ word }) => word);
}

function countBy<One>(list: readonly One[], source: (one: One) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(source(one), (counts.get(source(one)) ?? 0) + 1);
  return counts;
}

function validLabels(items: readonly Item[], counted: ReadonlySet<GivenLabel>): Map<Item, GivenLabel> {
  const valid = new Map<Item, GivenLabel>();
  for (const item of items) {
    for (const word of item.words.values()) {
      const best = valid.get(item);
      if (counted.has(word) && (!best || isStronger(word, best))) valid.set(item, word);
    }
  }
  return valid;
}

function isStronger(one: GivenLabel, other: GivenLabel): boolean {
  const [isNamed, isOtherNamed] = [one.principal !== '', other.principal !== ''];
  return isNamed === isOtherNamed ? isLater(one, other) : isNamed;
}

function roleOf(
  label: GivenLabel,
  { first, words }: Item,
  outcome: Outcome | undefined,
  valid: GivenLabel | undefined,
  counted: ReadonlySet<GivenLabel>,
): LabelRole {
  if (outcome?.class === label.class) {
    if (!outcome.isUsed) return 'surplus';
    return first.judges ? 'judges' : 'trains';
  }
  if (valid?.class === label.class) return 'overruled';
  const word = words.get(label.principal);
  return word?.class === label.class && !counted.has(word) ? 'capped' : 'superseded';
}

/** The rows of both sides while they are being chosen. */
class Sides {
  readonly #dataSet: DataSet;
  readonly #own: OwnRows;
  /** Where the own rows stand of which people say something. */
  readonly #rowOf: ReadonlyMap<number, number>;
  readonly #classes: Uint8Array;
  readonly #isUsed: Uint8Array;
  /** Who labelled each own row, by number; 0 is the data set. */
  readonly #reviewers: Uint32Array;
  readonly #numbers = new Map<string, number>();
  readonly #added = new Map<Item, AddedRow>();

  constructor(dataSet: DataSet, own: OwnRows, items: readonly Item[]) {
    this.#dataSet = dataSet;
    this.#own = own;
    const wanted = new Set(items.flatMap(({ first }) => (first.ownClass === null ? [] : [first.place])));
    const rows = wanted.size === 0 ? [] : [...own.places.keys()];
    this.#rowOf = new Map(
      rows.flatMap(row => {
        const place = own.places[row] ?? -1;
        return wanted.has(place) ? [[place, row] as const] : [];
      }),
    );
    this.#classes = own.classes.slice();
    this.#reviewers = new Uint32Array(own.count);
    this.#isUsed = dataSet.balance ? balanced(dataSet, own) : new Uint8Array(own.count).fill(1);
  }

  /** How many rows of its own the data set brings to a side. */
  ownRows(judges: boolean): number {
    return this.#own.judges.reduce(
      (sum, side, row) => sum + (side === Number(judges) ? (this.#isUsed[row] ?? 0) : 0),
      0,
    );
  }

  take(item: Item, label: GivenLabel): void {
    const { ownClass, judges, place } = item.first;
    if (judges && ownClass !== null) return;
    const row = this.#rowOf.get(place);
    if (row === undefined) {
      this.#added.set(item, { item, label, isUsed: true });
    } else {
      this.#classes[row] = label.class;
      this.#reviewers[row] = this.#numberOf(label);
      this.#isUsed[row] = 1;
    }
  }

  /**
   * Lets spare rows of the data set's own make up for what people brought of other classes; then people's labels of a
   * class that still has many more rows than the smallest are given up, the oldest first.
   */
  balance(minimumRows: number): void {
    const added = [...this.#added.values()].filter(({ item }) => !item.first.judges);
    const counts = new Uint32Array(this.#dataSet.label.classes.length);
    const count = (number: number, by: number) => {
      counts[number] = (counts[number] ?? 0) + by;
    };
    const training = [...this.#own.judges.keys()].filter(row => this.#own.judges[row] === 0);
    for (const row of training) if (this.#isUsed[row]) count(this.#classes[row] ?? 0, 1);
    for (const { label } of added) count(label.class, 1);
    const most = Math.max(...counts);
    for (const row of training) {
      const number = this.#classes[row] ?? 0;
      if (this.#isUsed[row] || (counts[number] ?? 0) >= most) continue;
      this.#isUsed[row] = 1;
      count(number, 1);
    }
    const least = leastOf(this.#dataSet, counts);
    const limit = Math.max(least * mostTimesMore, least + minimumRows);
    for (const one of added.sort((a, b) => (isLater(a.label, b.label) ? 1 : -1))) {
      if ((counts[one.label.class] ?? 0) <= limit) continue;
      one.isUsed = false;
      count(one.label.class, -1);
    }
  }

  outcomeOf(item: Item): Outcome | undefined {
    const added = this.#added.get(item);
    if (added) return { class: added.label.class, isUsed: added.isUsed };
    const { ownClass, place } = item.first;
    if (ownClass === null) return undefined;
    const row = this.#rowOf.get(place);
    if (row === undefined) return { class: ownClass, isUsed: false };
    return { class: this.#classes[row] ?? ownClass, isUsed: this.#isUsed[row] === 1 };
  }

  #numberOf({ principal }: GivenLabel): number {
    const number = this.#numbers.get(principal) ?? this.#numbers.size + 1;
    this.#numbers.set(principal, number);
    return number;
  }

  /** The rows of one side in the order of their places. */
  rows(judges: boolean): Side {
    const { features, places, classes, judges: side } = this.#own;
    const rows = [...places.keys()].filter(row => side[row] === Number(judges) && this.#isUsed[row] === 1);
    const added = [...this.#added.values()]
      .filter(({ item, isUsed }) => isUsed && item.first.judges === judges)
      .sort((a, b) => a.item.first.place - b.item.first.place);
    const written = emptySide(this.#dataSet, rows.length + added.length);
    const { set, reviewers, ownClasses } = written;
    const width = set.columns;
    let next = 0;
    for (let at = 0; at < set.count; at += 1) {
      const row = rows[at - next];
      const one = added[next];
      if (one && (row === undefined || one.item.first.place < (places[row] ?? 0))) {
        set.features.set(one.item.first.features, at * width);
        set.classes[at] = one.label.class;
        reviewers[at] = this.#numberOf(one.label);
        ownClasses[at] = one.item.first.ownClass ?? noOwnClass;
        next += 1;
      } else if (row !== undefined) {
        set.features.set(features.subarray(row * width, (row + 1) * width), at * width);
        set.classes[at] = this.#classes[row] ?? 0;
        reviewers[at] = this.#reviewers[row] ?? 0;
        ownClasses[at] = classes[row] ?? noOwnClass;
      }
    }
    return written;
  }
}

interface Side {
  readonly set: TrainingSet;
  readonly reviewers: Uint32Array;
  readonly ownClasses: Uint8Array;
}

function emptySide(dataSet: DataSet, count: number): Side {
  const columns = dataSet.features.length;
  const features = new Float64Array(count * columns);
  return {
    set: { count, columns, features, classes: new Uint8Array(count), classNames: classNames(dataSet) },
    reviewers: new Uint32Array(count),
    ownClasses: new Uint8Array(count),
  };
}

/** The first training rows of each class, as many of each as the smallest has; all rows that judge. */
function balanced(dataSet: DataSet, { classes, judges }: OwnRows): Uint8Array {
  const counts = new Uint32Array(dataSet.label.classes.length);
  const order = new Uint32Array(classes.length);
  for (let row = 0; row < classes.length; row += 1) {
    if (judges[row]) continue;
    const number = classes[row] ?? 0;
    order[row] = counts[number] ?? 0;
    counts[number] = (counts[number] ?? 0) + 1;
  }
  const least = leastOf(dataSet, counts);
  return classes.map((_, row) => (judges[row] || (order[row] ?? 0) < least ? 1 : 0));
}

/** How many rows the smallest class has. Of two classes both are needed; of more, one may still be without rows. */
function leastOf(dataSet: DataSet, counts: Uint32Array): number {
  const present = hasTwoClasses(dataSet) ? counts : counts.filter(count => count > 0);
  return present.length === 0 ? 0 : Math.min(...present);
}
