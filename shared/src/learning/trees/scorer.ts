import type { Column } from '../table.ts';
import { categoryFlag, type Forest, missingLeftFlag, walkTree } from './forest.ts';

/** The leaves of a tree are bits of a number. */
const mostLeaves = 32;
/** Of all trees together: it bounds what a model takes in memory. */
const mostCuts = 500_000;

/**
 * Makes a forest ready to add up the raw scores of rows, `base.length` for each. A walk down a tree waits for memory and
 * guesses wrong at every other node, so hardly a tree is walked: of each column, the nodes that ask for it are gone
 * through by threshold, up to the first that the value does not exceed, and each cuts off the leaves on its left. The
 * first leaf that remains of a tree is the one where a walk would end. (The method is known as QuickScorer.) Trees with
 * more leaves than a number has bits are walked.
 */
export function compileForest(
  forest: Forest,
  columns: readonly Column[],
): (values: Float64Array) => Float64Array {
  const { base, roots } = forest;
  const outputs = base.length;
  const width = columns.length;
  const { cuts, firstLeaf, leaves, walked } = readTrees(forest, columns);
  const { thresholds, trees, masks, numbers, codes, firstCode } = sortCuts(cuts, columns);
  const remaining = new Int32Array(roots.length);

  const cutRow = (values: Float64Array, start: number): void => {
    remaining.fill(-1);
    for (let column = 0; column < width; column += 1) {
      const value = values[start + column] ?? Number.NaN;
      // What is missing exceeds no threshold.
      const last = numbers[column + 1] ?? 0;
      for (let i = numbers[column] ?? 0; i < last && (thresholds[i] ?? 0) < value; i += 1) {
        const tree = trees[i] ?? 0;
        remaining[tree] = (remaining[tree] ?? 0) & (masks[i] ?? 0);
      }
      const missing = (firstCode[column + 1] ?? 0) - 1;
      const code = Number.isNaN(value) ? missing : Math.min((firstCode[column] ?? 0) + value, missing - 1);
      if (code < (firstCode[column] ?? 0)) continue;
      const end = codes[code + 1] ?? 0;
      for (let i = codes[code] ?? 0; i < end; i += 1) {
        const tree = trees[i] ?? 0;
        remaining[tree] = (remaining[tree] ?? 0) & (masks[i] ?? 0);
      }
    }
  };

  return values => {
    const count = values.length / width;
    const scores = new Float64Array(count * outputs);
    for (let row = 0; row < count; row += 1) {
      cutRow(values, row * width);
      for (let output = 0; output < outputs; output += 1) {
        let sum = base[output] ?? 0;
        for (let tree = output; tree < roots.length; tree += outputs) {
          sum += leaves[(firstLeaf[tree] ?? 0) + Math.clz32(remaining[tree] ?? 0)] ?? 0;
        }
        scores[row * outputs + output] = sum;
      }
      for (const tree of walked) {
        const place = row * outputs + (tree % outputs);
        scores[place] = (scores[place] ?? 0) + walkTree(forest, tree, values, row * width);
      }
    }
    return scores;
  };
}

/** What a node takes off its tree where it sends a row to the right. */
interface Cut {
  readonly tree: number;
  readonly column: number;
  /** Whether `at` is a threshold that the value exceeds, or the code that the value has. */
  readonly isNumber: boolean;
  readonly at: number;
  readonly mask: number;
}

/** Of a category, codes lie in their order, then what was never seen; what is missing comes last, of a number alone. */
function missingCode(column: Column | undefined): number {
  return column?.kind === 'category' ? column.size + 1 : 0;
}

/** The leaves of each tree from left to right, the highest bit first, and what its nodes cut off. */
function readTrees(forest: Forest, columns: readonly Column[]) {
  const { roots, children } = forest;
  const cuts: Cut[] = [];
  // A tree that is walked has this leaf, and adds nothing where the others are added up.
  const leaves = [0];
  const walked: number[] = [];
  const firstLeaf = roots.map((root, tree) => {
    const own: Cut[] = [];
    const found: number[] = [];
    /** The bits of the leaves below a place, or nothing where there are too many. */
    const read = (place: number, depth: number): number | undefined => {
      if (found.length === mostLeaves || depth === mostLeaves || cuts.length + own.length > mostCuts)
        return undefined;
      if (place < 0) {
        found.push(forest.leaves[~place] ?? 0);
        return 1 << (mostLeaves - found.length);
      }
      const left = read(children[place * 2] ?? -1, depth + 1);
      const right = left === undefined ? undefined : read(children[place * 2 + 1] ?? -1, depth + 1);
      if (left === undefined || right === undefined) return undefined;
      addCuts(own, forest, columns, { tree, node: place, mask: ~left });
      return left | right;
    };
    if (read(root, 0) === undefined) {
      walked.push(tree);
      return 0;
    }
    for (const cut of own) cuts.push(cut);
    for (const leaf of found) leaves.push(leaf);
    return leaves.length - found.length;
  });
  return { cuts, firstLeaf, leaves: Float64Array.from(leaves), walked };
}

function addCuts(
  to: Cut[],
  { columns: asked, flags, thresholds, sets }: Forest,
  columns: readonly Column[],
  { tree, node, mask }: { readonly tree: number; readonly node: number; readonly mask: number },
): void {
  const column = asked[node] ?? 0;
  const flag = flags[node] ?? 0;
  const threshold = thresholds[node] ?? 0;
  const missing = missingCode(columns[column]);
  if ((flag & categoryFlag) === 0) to.push({ tree, column, isNumber: true, at: threshold, mask });
  else {
    for (let at = 0; at < missing; at += 1) {
      if (sets[threshold + at] !== 1) to.push({ tree, column, isNumber: false, at, mask });
    }
  }
  if ((flag & missingLeftFlag) === 0) to.push({ tree, column, isNumber: false, at: missing, mask });
}

/** Cuts side by side as they are gone through: those of each column by threshold, then those of each code. */
function sortCuts(cuts: readonly Cut[], columns: readonly Column[]) {
  const byNumber = cuts
    .filter(({ isNumber }) => isNumber)
    .sort((a, b) => a.column - b.column || a.at - b.at || a.tree - b.tree);
  const byCode = cuts
    .filter(({ isNumber }) => !isNumber)
    .sort((a, b) => a.column - b.column || a.at - b.at || a.tree - b.tree);
  const firstCode = firstOf(columns.map(column => missingCode(column) + 1));
  const inCodes = new Int32Array(firstCode.at(-1) ?? 0);
  const inNumbers = new Int32Array(columns.length);
  for (const { column } of byNumber) inNumbers[column] = (inNumbers[column] ?? 0) + 1;
  for (const { column, at } of byCode) {
    const code = (firstCode[column] ?? 0) + at;
    inCodes[code] = (inCodes[code] ?? 0) + 1;
  }
  const sorted = [...byNumber, ...byCode];
  return {
    thresholds: Float64Array.from(byNumber, ({ at }) => at),
    trees: Int32Array.from(sorted, ({ tree }) => tree),
    masks: Int32Array.from(sorted, ({ mask }) => mask),
    /** Where the cuts of each column begin that have thresholds, and where those of the last one end. */
    numbers: firstOf(inNumbers),
    /** Where the cuts of each code begin, and where those of the last one end. */
    codes: firstOf(inCodes).map(place => place + byNumber.length),
    /** Where the codes of each column begin. */
    firstCode,
  };
}

/** Where each of some parts begins whose lengths are given, and where the last one ends. */
function firstOf(lengths: ArrayLike<number>): Int32Array {
  const first = new Int32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i += 1) first[i + 1] = (first[i] ?? 0) + (lengths[i] ?? 0);
  return first;
}
