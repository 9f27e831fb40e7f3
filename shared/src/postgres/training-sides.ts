import type { TrainingSet } from '../classifier/training-set.ts';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { hasTwoClasses } from './features.ts';
import type { GivenLabel } from './given-labels.ts';
import { type ItemLabels, isLater } from './labelled-items.ts';
import type { OwnRows } from './own-rows.ts';
import { noOwnClass } from './training-data.ts';

/** What came of an item: a person's row, or one of the data set's own. */
export interface ItemUse {
  readonly class: number;
  readonly isUsed: boolean;
}

/** A row that the data set does not have. */
interface AddedRow {
  readonly item: ItemLabels;
  readonly label: GivenLabel;
  isUsed: boolean;
}

/** With so many times more rows than the smallest class, a class gives up labels of people's. */
const mostTimesMore = 1.25;

/** The rows of both sides while they are being chosen. */
export class TrainingSides {
  readonly #dataSet: DataSet;
  readonly #own: OwnRows;
  /** Where the own rows stand of which people say something. */
  readonly #rowOf: ReadonlyMap<number, number>;
  readonly #classes: Uint8Array;
  readonly #isUsed: Uint8Array;
  /** Who labelled each own row, by number; 0 is the data set. */
  readonly #reviewers: Uint32Array;
  readonly #numbers = new Map<string, number>();
  readonly #added = new Map<ItemLabels, AddedRow>();

  constructor(dataSet: DataSet, own: OwnRows, items: readonly ItemLabels[]) {
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

  take(item: ItemLabels, label: GivenLabel): void {
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

  outcomeOf(item: ItemLabels): ItemUse | undefined {
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
