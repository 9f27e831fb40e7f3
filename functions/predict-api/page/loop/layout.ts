export interface FunctionNode {
  readonly name: string;
  readonly summary: string;
  /** The topic that triggers it; null for those that people and programs call. */
  readonly trigger: string | null;
  readonly publishes: readonly string[];
  readonly uses: readonly string[];
}

export interface Placed extends FunctionNode {
  readonly column: number;
  readonly row: number;
}

export interface Hop {
  readonly topic: string;
  readonly from: Placed;
  readonly to: Placed;
}

/** Puts each function to the right of those whose messages it takes; those of one column stand below each other. */
export function placeFunctions(functions: readonly FunctionNode[]): readonly Placed[] {
  const columns = new Map(functions.map(one => [one.name, columnOf(one, functions, [])]));
  const rows = new Map<number, number>();
  return functions.map(one => {
    const column = columns.get(one.name) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { ...one, column, row };
  });
}

/** A message that comes back to where it was is not followed again. */
function columnOf(one: FunctionNode, all: readonly FunctionNode[], before: readonly FunctionNode[]): number {
  const publishers = all.filter(
    other => one.trigger && other.publishes.includes(one.trigger) && !before.includes(other),
  );
  return Math.max(0, ...publishers.map(other => 1 + columnOf(other, all, [...before, one])));
}

export function hopsBetween(placed: readonly Placed[]): readonly Hop[] {
  return placed.flatMap(from =>
    from.publishes.flatMap(topic =>
      placed.filter(to => to.trigger === topic).map(to => ({ topic, from, to })),
    ),
  );
}
