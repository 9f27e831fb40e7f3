import type { DataSet } from '@banknote-loop/shared';
import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { NearItems } from '@banknote-loop/shared/postgres';

/** Finds, for each label, whether trusted rows that are all but the same item are all of other classes. */
export function findContradictions(
  dataSet: DataSet,
  trusted: TrainingSet,
): (labels: TrainingSet) => boolean[] {
  const near = new NearItems<Set<number>>(dataSet, trusted);
  const classesBeside = (rows: TrainingSet, row: number): Set<number> =>
    near.findOrAdd(rows.features.subarray(row * rows.columns, (row + 1) * rows.columns), () => new Set());
  for (let row = 0; row < trusted.count; row += 1) {
    classesBeside(trusted, row).add(trusted.classes[row] ?? 0);
  }
  return labels =>
    Array.from(labels.classes, (label, row) => {
      const classes = classesBeside(labels, row);
      return classes.size > 0 && !classes.has(label);
    });
}
