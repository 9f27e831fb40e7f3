export interface FunctionNode {
  readonly name: string;
  readonly summary: string;
  /** The topic that triggers it; null for those that people and programs call. */
  readonly trigger: string | null;
  readonly publishes: readonly string[];
  readonly uses: readonly string[];
}

export interface PlacedNode extends FunctionNode {
  readonly column: number;
  /** Counted from the top, and not always whole. */
  readonly row: number;
}

export interface Edge {
  readonly topic: string;
  readonly from: PlacedNode;
  readonly to: PlacedNode;
}

/**
 * Places each function to the right of those whose messages it receives, and as near to their height as there is room,
 * so that most edges are straight.
 */
export function placeFunctions(functions: readonly FunctionNode[]): readonly PlacedNode[] {
  const columns = Map.groupBy(functions, one => columnOf(one, functions, []));
  const placed: PlacedNode[] = [];
  for (let column = 0; columns.has(column); column += 1)
    placed.push(...placeColumn(column, columns.get(column) ?? [], placed));
  const highest = Math.min(...placed.map(({ row }) => row));
  return placed.map(one => ({ ...one, row: one.row - highest }));
}

/** The graph has cycles: a function that has been visited is not visited again. */
function columnOf(one: FunctionNode, all: readonly FunctionNode[], before: readonly FunctionNode[]): number {
  const publishers = all.filter(other => receivesFrom(one, other) && !before.includes(other));
  return Math.max(0, ...publishers.map(other => 1 + columnOf(other, all, [...before, one])));
}

function receivesFrom({ trigger }: FunctionNode, { publishes }: FunctionNode): boolean {
  return trigger !== null && publishes.includes(trigger);
}

function placeColumn(
  column: number,
  functions: readonly FunctionNode[],
  before: readonly PlacedNode[],
): readonly PlacedNode[] {
  const neighbours = before.filter(other => other.column === column - 1);
  const preferred = functions
    .map(one => ({ one, height: meanRow(neighbours.filter(other => receivesFrom(one, other))) }))
    .toSorted((a, b) => a.height - b.height);
  let free = Number.NEGATIVE_INFINITY;
  return preferred.map(({ one, height }) => {
    const alike = preferred.filter(other => other.height === height);
    const shift = alike.findIndex(other => other.one === one) - (alike.length - 1) / 2;
    const row = Math.max(free, height + shift);
    free = row + 1;
    return { ...one, column, row };
  });
}

function meanRow(placed: readonly PlacedNode[]): number {
  return placed.length === 0 ? 0 : placed.reduce((sum, { row }) => sum + row, 0) / placed.length;
}

export function edgesBetween(placed: readonly PlacedNode[]): readonly Edge[] {
  return placed.flatMap(from =>
    from.publishes.flatMap(topic =>
      placed.filter(to => to.trigger === topic).map(to => ({ topic, from, to })),
    ),
  );
}
