import type { Column } from '../table.ts';
import type { Binner } from './binning.ts';
import type { Tree } from './grow.ts';

/** Trees that answer, one for each output in turn; node after node in flat arrays, quick to walk. */
export interface Forest {
  /** What the raw scores begin with; their number is that of the outputs: 1 for two classes. */
  readonly base: Float64Array;
  /** Where each tree begins: a node, or the complement of a leaf. */
  readonly roots: Int32Array;
  readonly columns: Uint16Array;
  /** 1: missing values go left; 2: the node asks for a category. */
  readonly flags: Uint8Array;
  /** The number not exceeded by what goes left; for a category, where its set begins in `sets`. */
  readonly thresholds: Float64Array;
  readonly children: Int32Array;
  readonly leaves: Float32Array;
  /** For each node that asks for a category: 1 for each that goes left, the last one for those never seen. */
  readonly sets: Uint8Array;
}

export const missingLeftFlag = 1;
export const categoryFlag = 2;

export function forestOf(trees: readonly Tree[], base: Float64Array, binners: readonly Binner[]): Forest {
  const roots: number[] = [];
  const columns: number[] = [];
  const flags: number[] = [];
  const thresholds: number[] = [];
  const children: number[] = [];
  const leaves: number[] = [];
  const sets: number[] = [];
  for (const tree of trees) {
    const firstNode = columns.length;
    const firstLeaf = leaves.length;
    roots.push(tree.splits.length > 0 ? firstNode : ~firstLeaf);
    for (const { column, bin, missingLeft, set } of tree.splits) {
      const binner = binners[column];
      columns.push(column);
      flags.push((missingLeft ? missingLeftFlag : 0) + (set ? categoryFlag : 0));
      thresholds.push(binner?.kind === 'number' ? (binner.edges[bin] ?? Infinity) : sets.length);
      if (set && binner?.kind === 'category') {
        for (const own of binner.binOf) sets.push(set[own] ?? 0);
        sets.push(set[binner.bins - 2] ?? 0);
      }
    }
    for (const child of tree.children) children.push(child >= 0 ? child + firstNode : ~(~child + firstLeaf));
    leaves.push(...tree.leaves);
  }
  return {
    base,
    roots: Int32Array.from(roots),
    columns: Uint16Array.from(columns),
    flags: Uint8Array.from(flags),
    thresholds: Float64Array.from(thresholds),
    children: Int32Array.from(children),
    leaves: Float32Array.from(leaves),
    sets: Uint8Array.from(sets),
  };
}

/**
 * Whether every walk stays within the arrays and ends at a leaf: tree after tree, the nodes of each lie side by side, each
 * behind its parent, of which it has one.
 */
export function isSoundForest(forest: Forest, columns: readonly Column[]): boolean {
  const { base, roots, flags, thresholds, children, leaves, sets } = forest;
  const nodes = forest.columns.length;
  return (
    roots.length % base.length === 0 &&
    flags.length === nodes &&
    thresholds.length === nodes &&
    children.length === nodes * 2 &&
    areTrees(forest, nodes) &&
    [...roots, ...children].every(place => place >= 0 || ~place < leaves.length) &&
    forest.columns.every((column, node) => {
      const asked = columns[column];
      const threshold = thresholds[node] ?? Number.NaN;
      if (((flags[node] ?? 0) & categoryFlag) === 0) return asked !== undefined && !Number.isNaN(threshold);
      return (
        asked?.kind === 'category' &&
        Number.isInteger(threshold) &&
        threshold >= 0 &&
        threshold + asked.size < sets.length
      );
    })
  );
}

function areTrees({ roots, children }: Forest, nodes: number): boolean {
  const inner = roots.filter(root => root >= 0);
  // What no tree begins at is below some node, once: then there are as many such places as nodes.
  const seen = new Uint8Array(nodes);
  let tree = -1;
  for (let node = 0; node < nodes; node += 1) {
    if (inner[tree + 1] === node) {
      tree += 1;
      seen[node] = 1;
    }
    if (seen[node] !== 1) return false;
    const end = inner[tree + 1] ?? nodes;
    for (const child of children.subarray(node * 2, node * 2 + 2)) {
      if (child < 0) continue;
      if (child <= node || child >= end || seen[child] === 1) return false;
      seen[child] = 1;
    }
  }
  return tree === inner.length - 1;
}
