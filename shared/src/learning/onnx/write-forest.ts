import { categoryFlag, type Forest, missingLeftFlag } from '../trees/forest.ts';
import { type Graph, type OnnxAttributes, tensor } from './graph.ts';
import type { OnnxInputs } from './write-inputs.ts';

/** Trees ask numbers alone: for each set of categories that a node asks for there is a column that says whether it is left out. */
interface Sets {
  /** For each column of categories, the sets that are asked for: 0 for each code that goes left. */
  readonly of: ReadonlyMap<number, readonly Uint8Array[]>;
  /** The place of the set of each node that asks for one, among those of its column. */
  readonly placeOf: ReadonlyMap<number, number>;
}

/** Raw scores, one for each class. */
export function writeForest(graph: Graph, inputs: OnnxInputs, forest: Forest): string {
  const sets = setsOf(forest, inputs);
  const tables = inputs.numbers === undefined ? [] : [inputs.numbers];
  const firstOf = new Map<number, number>();
  let width = inputs.placeOf.size;
  for (const [column, own] of sets.of) {
    firstOf.set(column, width);
    width += own.length;
    tables.push(writeSets(graph, inputs, column, own));
  }
  const featureOf = (node: number): number => {
    const column = forest.columns[node] ?? 0;
    const set = sets.placeOf.get(node);
    const place = set === undefined ? inputs.placeOf.get(column) : (firstOf.get(column) ?? 0) + set;
    if (place === undefined)
      throw new Error(`Trees that ask column ${column} for a number cannot be written as ONNX.`);
    return place;
  };
  if (tables.length === 0) throw new Error('Trees that ask nothing cannot be written as ONNX.');
  const scores = graph.addForTables(
    'TreeEnsembleRegressor',
    [graph.beside(tables)],
    treesOf(forest, sets, featureOf),
  );
  return graph.add('Cast', [scores], { to: 11 });
}

function setsOf({ columns, flags, thresholds, sets }: Forest, { codes }: OnnxInputs): Sets {
  const of = new Map<number, Uint8Array[]>();
  const placeOf = new Map<number, number>();
  const known = new Map<string, number>();
  flags.forEach((flag, node) => {
    if ((flag & categoryFlag) === 0) return;
    const column = columns[node] ?? 0;
    const own = of.get(column) ?? [];
    of.set(column, own);
    const start = thresholds[node] ?? 0;
    const size = codes.get(column)?.size ?? 0;
    const set = Uint8Array.of(...sets.subarray(start, start + size + 1), flag & missingLeftFlag).map(
      one => 1 - one,
    );
    const key = `${column} ${set.join('')}`;
    const place = known.get(key) ?? own.push(set) - 1;
    known.set(key, place);
    placeOf.set(node, place);
  });
  return { of, placeOf };
}

/** A row for each code. */
function writeSets(graph: Graph, { codes }: OnnxInputs, column: number, own: readonly Uint8Array[]): string {
  const code = codes.get(column);
  const rows = own[0]?.length ?? 0;
  const table = Uint8Array.from(
    { length: rows * own.length },
    (_, i) => own[i % own.length]?.[Math.floor(i / own.length)] ?? 0,
  );
  const found = graph.add('Gather', [graph.constant([rows, own.length], table), code?.name ?? '']);
  return graph.add('Cast', [found], { to: 11 });
}

function treesOf(
  { base, roots, columns, flags, thresholds, children, leaves }: Forest,
  sets: Sets,
  featureOf: (node: number) => number,
): OnnxAttributes {
  // Of two classes only the second has a score; that of the first is 0.
  const skip = base.length === 1 ? 1 : 0;
  const nodes: { tree: number; place: number }[] = [];
  roots.forEach((root, tree) => {
    const waiting = [root];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      nodes.push({ tree, place });
      if (place >= 0) waiting.push(children[place * 2 + 1] ?? -1, children[place * 2] ?? -1);
    }
  });
  const ends = nodes.filter(({ place }) => place < 0);
  const idOf = (place: number): number => (place >= 0 ? place : columns.length + ~place);
  const ints = (of: (place: number, tree: number) => number): Int32Array =>
    Int32Array.from(nodes, ({ place, tree }) => of(place, tree));
  const ofNode = (of: (node: number) => number) => ints(place => (place >= 0 ? of(place) : 0));
  const limits = nodes.map(({ place }) => {
    if (place < 0) return 0;
    return sets.placeOf.has(place) ? 0.5 : (thresholds[place] ?? 0);
  });
  return {
    n_targets: base.length + skip,
    base_values_as_tensor: tensor(
      [base.length + skip],
      Float64Array.of(...new Array<number>(skip).fill(0), ...base),
    ),
    nodes_treeids: ints((_, tree) => tree),
    nodes_nodeids: ints(idOf),
    nodes_modes: nodes.map(({ place }) => (place >= 0 ? 'BRANCH_LEQ' : 'LEAF')),
    nodes_featureids: ofNode(featureOf),
    nodes_truenodeids: ofNode(node => idOf(children[node * 2] ?? -1)),
    nodes_falsenodeids: ofNode(node => idOf(children[node * 2 + 1] ?? -1)),
    nodes_missing_value_tracks_true: ofNode(node => (flags[node] ?? 0) & missingLeftFlag),
    nodes_values_as_tensor: tensor([nodes.length], Float64Array.from(limits)),
    target_treeids: Int32Array.from(ends, ({ tree }) => tree),
    target_nodeids: Int32Array.from(ends, ({ place }) => idOf(place)),
    target_ids: Int32Array.from(ends, ({ tree }) => (tree % base.length) + skip),
    target_weights_as_tensor: tensor(
      [ends.length],
      Float64Array.from(ends, ({ place }) => leaves[~place] ?? 0),
    ),
  };
}
