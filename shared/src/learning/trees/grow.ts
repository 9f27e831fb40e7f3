import type { Binned } from './binning.ts';
import { findSplit, type Histogram, type Split, type SplitRules, type Sums } from './split.ts';

export interface TreeRules extends SplitRules {
  readonly mostLeaves: number;
  readonly shrinkage: number;
}

/** A tree on bins: inner nodes in the order in which they came to be, each with its split and its two children. */
export interface Tree {
  readonly splits: readonly Split[];
  /** Left and right child of each node; a negative number is the complement of a leaf's. */
  readonly children: Int32Array;
  readonly leaves: Float64Array;
}

interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly sums: Sums;
  readonly histogram: Histogram;
  readonly split: Split | undefined;
  /** Where the number of this leaf stands among the children. */
  readonly slot: number;
}

/** Grows trees on the same binned table; its buffers are used again for each. */
export class Grower {
  readonly #binned: Binned;
  readonly #offsets: Uint32Array;
  readonly #histogramLength: number;
  readonly #rules: TreeRules;
  readonly #rows: Uint32Array;
  readonly #spare: Uint32Array;
  /** Gradient and hessian of the rows of a leaf, side by side. */
  readonly #ordered: Float64Array;
  readonly #free: Histogram[] = [];

  constructor(binned: Binned, mostRows: number, rules: TreeRules) {
    this.#binned = binned;
    this.#rules = rules;
    this.#offsets = new Uint32Array(binned.binners.length);
    let offset = 0;
    binned.binners.forEach(({ bins }, column) => {
      this.#offsets[column] = offset;
      offset += bins;
    });
    this.#histogramLength = offset * 2;
    this.#rows = new Uint32Array(mostRows);
    this.#spare = new Uint32Array(mostRows);
    this.#ordered = new Float64Array(mostRows * 2);
  }

  /**
   * Grows the leaf that gains most until none gains or there are enough. `add` is told each row of a leaf and what the
   * leaf adds to its score.
   */
  grow(
    rows: Uint32Array,
    columns: Uint32Array,
    gradients: Float64Array,
    add: (row: number, value: number) => void,
  ): Tree {
    this.#rows.set(rows);
    const splits: Split[] = [];
    const children: number[] = [];
    const root = this.#histogramOf(0, rows.length, columns, gradients);
    const leaves: Leaf[] = [
      this.#leaf(0, rows.length, this.#sumRows(0, rows.length, gradients), root, columns, -1),
    ];
    while (leaves.length < this.#rules.mostLeaves) {
      const place = bestOf(leaves);
      const leaf = leaves[place];
      if (!leaf?.split) break;
      const node = splits.push(leaf.split) - 1;
      if (leaf.slot >= 0) children[leaf.slot] = node;
      children.push(-1, -1);
      const last = leaves.length + 1 >= this.#rules.mostLeaves;
      const [left, right] = this.#part(leaf, leaf.split, node, columns, gradients, last);
      leaves[place] = left;
      leaves.push(right);
    }
    return this.#finish(leaves, splits, children, add);
  }

  #finish(
    leaves: Leaf[],
    splits: Split[],
    children: number[],
    add: (row: number, value: number) => void,
  ): Tree {
    const { penalty, shrinkage } = this.#rules;
    const values = new Float64Array(leaves.length);
    leaves.forEach(({ sums, start, end, slot, histogram }, number) => {
      // Rounded as the model file rounds it, so that a model read back gives the very scores of its training.
      const value = Math.fround((-sums.gradient / (sums.hessian + penalty)) * shrinkage);
      values[number] = value;
      if (slot >= 0) children[slot] = ~number;
      for (let place = start; place < end; place += 1) add(this.#rows[place] ?? 0, value);
      if (histogram.length > 0) this.#free.push(histogram);
    });
    return { splits, children: Int32Array.from(children), leaves: values };
  }

  #leaf(
    start: number,
    end: number,
    sums: Sums,
    histogram: Histogram,
    columns: Uint32Array,
    slot: number,
  ): Leaf {
    const split =
      histogram.length === 0
        ? undefined
        : findSplit(histogram, this.#offsets, this.#binned.binners, columns, sums, end - start, this.#rules);
    return { start, end, sums, histogram, split, slot };
  }

  /** Only the smaller part is counted: the histogram of the other is what is left of the parent's. */
  #part(
    { start, end, sums, histogram }: Leaf,
    split: Split,
    node: number,
    columns: Uint32Array,
    gradients: Float64Array,
    last: boolean,
  ): [Leaf, Leaf] {
    const middle = this.#partition(start, end, split);
    const rightSums = {
      gradient: sums.gradient - split.left.gradient,
      hessian: sums.hessian - split.left.hessian,
    };
    const none = new Float64Array(0);
    let [left, right]: [Histogram, Histogram] = [none, none];
    // A part too small to be parted once more needs no histogram, and the last two leaves of a tree need none.
    const mayPart = (rows: number) => !last && rows >= 2 * this.#rules.leastRows;
    if (mayPart(Math.max(middle - start, end - middle))) {
      const leftIsSmaller = middle - start <= end - middle;
      const smaller = leftIsSmaller
        ? this.#histogramOf(start, middle, columns, gradients)
        : this.#histogramOf(middle, end, columns, gradients);
      for (let i = 0; i < histogram.length; i += 1) histogram[i] = (histogram[i] ?? 0) - (smaller[i] ?? 0);
      [left, right] = leftIsSmaller ? [smaller, histogram] : [histogram, smaller];
    } else {
      this.#free.push(histogram);
    }
    return [
      this.#leaf(start, middle, split.left, left, columns, node * 2),
      this.#leaf(middle, end, rightSums, right, columns, node * 2 + 1),
    ];
  }

  #partition(start: number, end: number, { column, bin, missingLeft, set }: Split): number {
    const rows = this.#rows;
    const spare = this.#spare;
    const { bins, count, binners } = this.#binned;
    const goesLeft = set ?? numberSet(bin, missingLeft, binners[column]?.bins ?? 0);
    const first = column * count;
    let left = start;
    let right = 0;
    for (let place = start; place < end; place += 1) {
      const row = rows[place] ?? 0;
      if (goesLeft[bins[first + row] ?? 0] === 1) rows[left++] = row;
      else spare[right++] = row;
    }
    rows.set(spare.subarray(0, right), left);
    return left;
  }

  #sumRows(start: number, end: number, gradients: Float64Array): Sums {
    let gradient = 0;
    let hessian = 0;
    for (let place = start; place < end; place += 1) {
      const row = this.#rows[place] ?? 0;
      gradient += gradients[row * 2] ?? 0;
      hessian += gradients[row * 2 + 1] ?? 0;
    }
    return { gradient, hessian };
  }

  #histogramOf(start: number, end: number, columns: Uint32Array, gradients: Float64Array): Histogram {
    const histogram = this.#free.pop() ?? new Float64Array(this.#histogramLength);
    histogram.fill(0);
    const rows = this.#rows.subarray(start, end);
    const ordered = this.#ordered;
    for (let place = 0; place < rows.length; place += 1) {
      const row = rows[place] ?? 0;
      ordered[place * 2] = gradients[row * 2] ?? 0;
      ordered[place * 2 + 1] = gradients[row * 2 + 1] ?? 0;
    }
    const { bins, count } = this.#binned;
    for (const column of columns) {
      const ofColumn = bins.subarray(column * count, (column + 1) * count);
      const offset = (this.#offsets[column] ?? 0) * 2;
      addColumn(histogram.subarray(offset), ofColumn, rows, ordered);
    }
    return histogram;
  }
}

/** The innermost loop of all: most of the time of a training is spent here. */
function addColumn(
  histogram: Float64Array,
  bins: Uint8Array,
  rows: Uint32Array,
  ordered: Float64Array,
): void {
  for (let place = 0; place < rows.length; place += 1) {
    const slot = (bins[rows[place] ?? 0] ?? 0) * 2;
    histogram[slot] = (histogram[slot] ?? 0) + (ordered[place * 2] ?? 0);
    histogram[slot + 1] = (histogram[slot + 1] ?? 0) + (ordered[place * 2 + 1] ?? 0);
  }
}

/** Which bins of a column of numbers go left. */
export function numberSet(bin: number, missingLeft: boolean, bins: number): Uint8Array {
  const set = new Uint8Array(bins).fill(1, 0, bin + 1);
  set[bins - 1] = missingLeft ? 1 : 0;
  return set;
}

function bestOf(leaves: readonly Leaf[]): number {
  let best = 0;
  leaves.forEach(({ split }, place) => {
    if ((split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = place;
  });
  return best;
}
