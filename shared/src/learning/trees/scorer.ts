import type { Column } from '../table.ts';
import { categoryFlag, type Forest, missingLeftFlag } from './forest.ts';

/** So many rows are answered at once: as many as a number has bits. */
const rowsAtOnce = 32;

/**
 * Makes a forest ready to add up the raw scores of rows, `base.length` for each. A walk down a tree waits for memory and
 * guesses wrong at every other node, so no tree is walked: a block of rows passes through it at once, and each row is a bit.
 * Which rows go right at a node is asked once for every threshold of a column and every set of categories, however many
 * trees ask it; after that a node is two operations on bits, and a row is only looked at where it lands.
 */
export function compileForest(
  forest: Forest,
  columns: readonly Column[],
): (values: Float64Array) => Float64Array {
  const { base } = forest;
  const outputs = base.length;
  const width = columns.length;
  const { asks, questionOf, count } = readQuestions(forest, columns);
  const { roots, children, leaves, nodeEnds, leafEnds } = placeLeaves(forest);
  /** Of each question the rows that go right. */
  const right = new Int32Array(count);
  /** The rows of the block that come to each node and, behind those, to each leaf. */
  const reached = new Int32Array(questionOf.length + leaves.length);
  const block = new Float64Array(rowsAtOnce * outputs);

  const passTree = (tree: number, all: number): void => {
    reached[roots[tree] ?? 0] = all;
    const nodeEnd = nodeEnds[tree] ?? 0;
    for (let node = tree === 0 ? 0 : (nodeEnds[tree - 1] ?? 0); node < nodeEnd; node += 1) {
      const here = reached[node] ?? 0;
      const goRight = here & (right[questionOf[node] ?? 0] ?? 0);
      reached[children[node * 2] ?? 0] = here ^ goRight;
      reached[children[node * 2 + 1] ?? 0] = goRight;
    }
    const output = tree % outputs;
    const leafEnd = leafEnds[tree] ?? 0;
    for (let leaf = tree === 0 ? 0 : (leafEnds[tree - 1] ?? 0); leaf < leafEnd; leaf += 1) {
      const value = leaves[leaf] ?? 0;
      for (let left = reached[questionOf.length + leaf] ?? 0; left !== 0; left &= left - 1) {
        const place = (31 - Math.clz32(left & -left)) * outputs + output;
        block[place] = (block[place] ?? 0) + value;
      }
    }
  };

  return values => {
    const rows = values.length / width;
    const scores = new Float64Array(rows * outputs);
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const some = Math.min(rowsAtOnce, rows - start);
      for (const ask of asks) ask(values, start, some, right);
      for (let i = 0; i < some * outputs; i += 1) block[i] = base[i % outputs] ?? 0;
      const all = some === rowsAtOnce ? -1 : (1 << some) - 1;
      for (let tree = 0; tree < roots.length; tree += 1) passTree(tree, all);
      scores.set(block.subarray(0, some * outputs), start * outputs);
    }
    return scores;
  };
}

/** The leaves in the order in which nodes have them, numbered on behind the nodes, and where those of each tree end. */
function placeLeaves(forest: Forest) {
  const nodes = forest.columns.length;
  const leaves: number[] = [];
  const place = (at: number): number => {
    if (at >= 0) return at;
    leaves.push(forest.leaves[~at] ?? 0);
    return nodes + leaves.length - 1;
  };
  const nodeEnds = endsOf(forest);
  const leafEnds = new Int32Array(nodeEnds.length);
  const children = new Int32Array(nodes * 2);
  let child = 0;
  const roots = forest.roots.map((root, tree) => {
    const at = place(root);
    for (const end = 2 * (nodeEnds[tree] ?? 0); child < end; child += 1) {
      children[child] = place(forest.children[child] ?? -1);
    }
    leafEnds[tree] = leaves.length;
    return at;
  });
  return { roots, children, leaves: Float64Array.from(leaves), nodeEnds, leafEnds };
}

/** Writes, for each question about one column, which of some rows go right: a bit for each. */
type Ask = (values: Float64Array, start: number, rows: number, right: Int32Array) => void;

/** Every question that some node asks, once, and which one each node asks. */
function readQuestions(forest: Forest, columns: readonly Column[]) {
  const nodesOf = columns.map((): number[] => []);
  forest.columns.forEach((column, node) => void nodesOf[column]?.push(node));
  const questionOf = new Int32Array(forest.columns.length);
  const asks: Ask[] = [];
  let count = 0;
  nodesOf.forEach((nodes, column) => {
    const isCategory = (node: number): boolean => ((forest.flags[node] ?? 0) & categoryFlag) !== 0;
    const thresholds = thresholdsOf(
      forest,
      nodes.filter(node => !isCategory(node)),
      questionOf,
      count,
    );
    if (thresholds.length > 0) asks.push(askThresholds(columns.length, column, thresholds, count));
    count += 2 * thresholds.length;
    const asked = columns[column];
    const codes = asked?.kind === 'category' ? asked.size + 2 : 2;
    const sets = setsOf(forest, nodes.filter(isCategory), codes, questionOf, count);
    if (sets.length > 0) asks.push(askSets(columns.length, column, codes, sets, count));
    count += sets.length / codes;
  });
  return { asks, questionOf, count };
}

/** Two questions for each threshold: with what is missing on the right, and on the left. */
function thresholdsOf(
  { thresholds, flags }: Forest,
  nodes: readonly number[],
  questionOf: Int32Array,
  first: number,
): Float64Array {
  const sorted = Float64Array.from(new Set(nodes.map(node => thresholds[node] ?? 0))).sort();
  const placeOf = new Map(Array.from(sorted, (threshold, place) => [threshold, place]));
  for (const node of nodes) {
    const place = placeOf.get(thresholds[node] ?? 0) ?? 0;
    questionOf[node] = first + 2 * place + ((flags[node] ?? 0) & missingLeftFlag);
  }
  return sorted;
}

function askThresholds(width: number, column: number, thresholds: Float64Array, first: number): Ask {
  /** The rows that exceed so many thresholds and no more. */
  const exceeding = new Int32Array(thresholds.length + 1);
  return (values, start, rows, right) => {
    let missing = 0;
    exceeding.fill(0);
    for (let row = 0; row < rows; row += 1) {
      const value = values[(start + row) * width + column] ?? Number.NaN;
      if (Number.isNaN(value)) {
        missing |= 1 << row;
        continue;
      }
      let low = 0;
      let high = thresholds.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((thresholds[middle] ?? 0) < value) low = middle + 1;
        else high = middle;
      }
      exceeding[low] = (exceeding[low] ?? 0) | (1 << row);
    }
    let all = 0;
    for (let place = thresholds.length - 1; place >= 0; place -= 1) {
      all |= exceeding[place + 1] ?? 0;
      right[first + 2 * place] = all | missing;
      right[first + 2 * place + missingLeftFlag] = all;
    }
  };
}

/** A question for each different set: of each code 1 where it goes right. What is missing is the last code. */
function setsOf(
  { thresholds, flags, sets }: Forest,
  nodes: readonly number[],
  codes: number,
  questionOf: Int32Array,
  first: number,
): Uint8Array {
  const known = new Map<string, number>();
  const found: number[] = [];
  for (const node of nodes) {
    const start = thresholds[node] ?? 0;
    const own = Array.from(sets.subarray(start, start + codes - 1), (left): number => (left === 1 ? 0 : 1));
    own.push(1 - ((flags[node] ?? 0) & missingLeftFlag));
    const key = own.join('');
    const number = known.get(key) ?? known.size;
    if (number === known.size) found.push(...own);
    known.set(key, number);
    questionOf[node] = first + number;
  }
  return Uint8Array.from(found);
}

function askSets(width: number, column: number, codes: number, sets: Uint8Array, first: number): Ask {
  const own = new Int32Array(rowsAtOnce);
  return (values, start, rows, right) => {
    for (let row = 0; row < rows; row += 1) {
      const value = values[(start + row) * width + column] ?? Number.NaN;
      own[row] = Number.isNaN(value) ? codes - 1 : Math.min(value, codes - 2);
    }
    for (let set = 0; set * codes < sets.length; set += 1) {
      let all = 0;
      for (let row = 0; row < rows; row += 1) all |= (sets[set * codes + (own[row] ?? 0)] ?? 0) << row;
      right[first + set] = all;
    }
  };
}

/** Where the nodes of each tree end. */
function endsOf({ roots, columns }: Forest): Int32Array {
  const ends = new Int32Array(roots.length);
  let end = columns.length;
  for (let tree = roots.length - 1; tree >= 0; tree -= 1) {
    ends[tree] = end;
    const root = roots[tree] ?? -1;
    if (root >= 0) end = root;
  }
  return ends;
}
