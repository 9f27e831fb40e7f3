import { applyBlend, type Blend } from './blend.ts';
import type { Member } from './catalog.ts';
import { scoreByNetworks } from './network.ts';
import type { Column } from './table.ts';
import { scoreByTrees } from './trees/trees.ts';

/** All that an answer depends on. */
export interface Model {
  readonly columns: readonly Column[];
  readonly classCount: number;
  readonly members: readonly Member[];
  readonly blend: Blend;
}

/** The probability of each class for every row, row after row. Plain arithmetic, no TensorFlow. */
export function scoreRows({ columns, members, blend }: Model, values: Float64Array): Float64Array {
  if (values.length % columns.length !== 0) {
    throw new RangeError(
      `${values.length} values do not make whole rows: pass ${columns.length} for every row.`,
    );
  }
  const parts = members.map(member =>
    member.kind === 'trees'
      ? scoreByTrees(member.forest, values, columns.length)
      : scoreByNetworks(member.networks, values),
  );
  return applyBlend(blend, parts).map(Math.exp);
}
