import type { OnnxNode } from './format.ts';

/** Whether some way through the trees comes back to where it was: who takes it never arrives at a leaf. */
export function hasCycle({ attribute = [] }: OnnxNode): boolean {
  const find = (name: string) => attribute.find(one => one.name === name);
  const integers = (name: string): readonly number[] => find(name)?.ints ?? [];
  const trees = integers('nodes_treeids');
  const modes = find('nodes_modes')?.strings ?? [];
  const keyOf = (tree: number, node: number): string => `${tree} ${node}`;
  const placeOf = new Map(
    integers('nodes_nodeids').map((node, place) => [keyOf(trees[place] ?? 0, node), place]),
  );
  const branches = [integers('nodes_truenodeids'), integers('nodes_falsenodeids')];
  const below = (place: number): readonly number[] => {
    const mode = modes[place];
    if (mode && Buffer.from(mode).toString() === 'LEAF') return [];
    return branches.flatMap(nodes => placeOf.get(keyOf(trees[place] ?? 0, nodes[place] ?? 0)) ?? []);
  };

  // Nodes are taken away from the top, each once nothing above it is left: a circle has no top, and stays.
  const waiting = new Uint32Array(trees.length);
  for (const place of trees.keys())
    for (const child of below(place)) waiting[child] = (waiting[child] ?? 0) + 1;
  const free = [...trees.keys()].filter(place => waiting[place] === 0);
  let left = trees.length;
  for (let place = free.pop(); place !== undefined; place = free.pop()) {
    left -= 1;
    for (const child of below(place)) {
      waiting[child] = (waiting[child] ?? 0) - 1;
      if (waiting[child] === 0) free.push(child);
    }
  }
  return left > 0;
}
