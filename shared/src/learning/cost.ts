import type { Member } from './catalog.ts';
import type { LabelledTable } from './table.ts';

// What an answer costs is counted from what it has to do, not measured, so that the same rows always lead to the same
// choice. The shares are nanoseconds on one core of a cloud machine of 2024, about.

const each = { weight: 0.55, radialUnit: 6, input: 12, node: 0.4, tree: 2 };

/** A thousand rows of twenty columns are to take less than ten milliseconds, how unlike they are included. */
const affordable = { nanoseconds: 7_000, columns: 20, classes: 3 };

/** How long a model may take to answer one row: longer where there is more to read, or more to say. */
export function mostCost({ columns, classCount }: Pick<LabelledTable, 'columns' | 'classCount'>): number {
  const { nanoseconds, columns: few, classes } = affordable;
  return nanoseconds * Math.max(1, columns.length / few) * Math.max(1, classCount / classes);
}

export function costOf(member: Member): number {
  if (member.kind === 'onnx') return 0;
  if (member.kind === 'trees') {
    const { roots, columns } = member.forest;
    return columns.length * each.node + roots.length * each.tree;
  }
  const { inputs, members } = member.networks;
  const layers = members.flat();
  const weights = layers.reduce((sum, layer) => sum + layer.weights.length, 0);
  const radial = layers.reduce((sum, layer) => sum + (layer.radial ? layer.units : 0), 0);
  return inputs.width * each.input + weights * each.weight + radial * each.radialUnit;
}
