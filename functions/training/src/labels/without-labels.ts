import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { noOwnClass, type TrainingData } from '@banknote-loop/shared/postgres';

/** The rows as they would about be if some labels had never been given. */
export function withoutLabels(
  set: TrainingData,
  labels: TrainingSet,
  without: readonly { readonly row: number }[],
): TrainingData {
  const taken = new Set(without.map(({ row }) => keyOf(labels, row)));
  const stays = (rows: TrainingSet): number[] =>
    Array.from({ length: rows.count }, (_, row) => row).filter(row => !taken.has(keyOf(rows, row)));
  const [learning, judging] = [stays(set.training), stays(set.holdout)];
  return {
    ...set,
    training: pick(set.training, learning),
    trainingOwnClasses: Uint8Array.from(learning, row => set.trainingOwnClasses[row] ?? noOwnClass),
    holdout: pick(set.holdout, judging),
    holdoutByPeople: Uint8Array.from(judging, row => set.holdoutByPeople[row] ?? 0),
    holdoutReviewers: Uint32Array.from(judging, row => set.holdoutReviewers[row] ?? 0),
  };
}

function keyOf({ features, columns, classes }: TrainingSet, row: number): string {
  return `${classes[row]} ${features.subarray(row * columns, (row + 1) * columns).join()}`;
}

function pick(rows: TrainingSet, numbers: readonly number[]): TrainingSet {
  const { features, columns, classes } = rows;
  const picked = new Float64Array(numbers.length * columns);
  numbers.forEach((row, place) => {
    picked.set(features.subarray(row * columns, (row + 1) * columns), place * columns);
  });
  return {
    ...rows,
    features: picked,
    classes: Uint8Array.from(numbers, row => classes[row] ?? 0),
    count: numbers.length,
  };
}
