import type { DataSet } from '@banknote-loop/shared';
import type { TrainingSet } from '@banknote-loop/shared/classifier';

/** So many times as far from the middle of the known values as any of them lies no value that anybody meant. */
const furthest = 20;
/** Of fewer rows nobody can tell what is usual. */
const fewestRows = 20;

interface Range {
  readonly name: string;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

/** Finds, for each row, a number that lies far outside of all trusted ones, such as a typing error, in words; null where there is none. */
export function findOddities(
  dataSet: DataSet,
  trusted: TrainingSet,
): (rows: TrainingSet) => (string | null)[] {
  const ranges = dataSet.features.map(({ name, kind }, column) =>
    kind === 'number' && trusted.count >= fewestRows ? rangeOf(name, trusted, column) : undefined,
  );
  return ({ features, columns, count }) =>
    Array.from({ length: count }, (_, row) => {
      for (const [column, range] of ranges.entries()) {
        const value = features[row * columns + column] ?? Number.NaN;
        if (range && isOdd(range, value)) return describe(range, value, dataSet.items);
      }
      return null;
    });
}

function rangeOf(name: string, { features, columns, count }: TrainingSet, column: number): Range | undefined {
  const values = new Float64Array(count).map((_, row) => features[row * columns + column] ?? Number.NaN);
  const sorted = values.filter(value => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const [low, high] = [at(0), at(1)];
  return low < high ? { name, middle: at(0.5), low, high } : undefined;
}

/** Halved first, so that the largest numbers do not overflow. */
function isOdd({ middle, low, high }: Range, value: number): boolean {
  const reach = Math.max(high / 2 - middle / 2, middle / 2 - low / 2);
  return Math.abs(value / 2 - middle / 2) > furthest * reach;
}

function describe({ name, low, high }: Range, value: number, items: string): string {
  return `Its ${name} is ${value}, and that of known ${items} lies between ${low} and ${high}: it is taken for a slip until a second reviewer or an operator agrees.`;
}
