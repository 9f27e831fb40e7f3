import type { TrainingSet } from '@banknote-loop/shared/classifier';

/** Says of rows what share of the trusted ones is less far from all others than they are from the trusted ones. */
export function measureUnlikeness({
  features,
  columns,
  count,
}: TrainingSet): (rows: Float64Array) => Float64Array {
  const scales = Array.from({ length: columns }, (_, column) => {
    const sorted = new Float64Array(count).map((_, row) => features[row * columns + column] ?? 0).sort();
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return at(0.9) - at(0.1) || 1;
  });
  const distance = (rows: Float64Array, row: number, skip: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let other = 0; other < count; other += 1) {
      if (other === skip) continue;
      let sum = 0;
      for (let column = 0; column < columns && sum < least; column += 1) {
        const gap = (rows[row * columns + column] ?? 0) - (features[other * columns + column] ?? 0);
        sum += (gap / (scales[column] ?? 1)) ** 2;
      }
      if (sum < least) least = sum;
    }
    return least;
  };
  const known = new Float64Array(count).map((_, row) => distance(features, row, row)).sort();
  return rows =>
    new Float64Array(rows.length / columns).map((_, row) => {
      const found = distance(rows, row, -1);
      const above = known.findIndex(one => one >= found);
      return (above < 0 ? known.length : above) / (known.length + 1);
    });
}
