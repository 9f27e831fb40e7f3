import { seededRandom, shuffle } from '../random.ts';
import type { Column, Table } from '../table.ts';

/**
 * How the values of one column become small whole numbers, for histograms to count. A number lies in the bin of the
 * first edge that it does not exceed, a category in that of its own, rare and unknown ones together; the last bin is
 * for missing values.
 */
export type Binner =
  | { readonly kind: 'number'; readonly edges: Float64Array; readonly bins: number }
  | { readonly kind: 'category'; readonly binOf: Uint8Array; readonly bins: number };

/** A table in bins, column after column, so that a histogram reads one stretch of memory. */
export interface Binned {
  readonly binners: readonly Binner[];
  readonly bins: Uint8Array;
  readonly count: number;
}

const mostBins = 255;
const mostCategories = mostBins - 2;
/** Quantiles of so many rows are as good as those of all. */
const sampleRows = 100_000;

export function binTable(table: Table, seed: number): Binned {
  const all = new Uint32Array(table.count).map((_, row) => row);
  const sample =
    table.count <= sampleRows ? all : shuffle(all, seededRandom(seed), sampleRows).subarray(0, sampleRows);
  const binners = table.columns.map((column, index) => binnerOf(table, index, column, sample));
  const bins = new Uint8Array(table.count * binners.length);
  binners.forEach((binner, column) => {
    binColumn(table, column, binner, bins.subarray(column * table.count, (column + 1) * table.count));
  });
  return { binners, bins, count: table.count };
}

export function binnerOf(table: Table, index: number, column: Column, sample: Uint32Array): Binner {
  const values = new Float64Array(sample.length);
  let found = 0;
  for (const row of sample) {
    const value = table.values[row * table.columns.length + index] ?? Number.NaN;
    if (!Number.isNaN(value)) values[found++] = value;
  }
  const present = values.subarray(0, found);
  return column.kind === 'number' ? numberBinner(present.sort()) : categoryBinner(present, column.size);
}

function numberBinner(sorted: Float64Array): Binner {
  const edges = distinctEdges(sorted) ?? quantileEdges(sorted);
  return { kind: 'number', edges, bins: edges.length + 2 };
}

/** An edge between any two values, or nothing if there are more values than bins. */
function distinctEdges(sorted: Float64Array): Float64Array | undefined {
  const edges: number[] = [];
  for (let i = 1; i < sorted.length; i += 1) {
    const [low, high] = [sorted[i - 1] ?? 0, sorted[i] ?? 0];
    if (low === high) continue;
    edges.push(between(low, high));
    if (edges.length > mostBins - 2) return undefined;
  }
  return Float64Array.from(edges);
}

function quantileEdges(sorted: Float64Array): Float64Array {
  const edges = new Set<number>();
  const parts = mostBins - 1;
  for (let part = 1; part < parts; part += 1) {
    const place = Math.floor((part * sorted.length) / parts);
    const [low, high] = [sorted[place - 1] ?? 0, sorted[place] ?? 0];
    // Within a run of equal values the edge moves to the end of the run.
    edges.add(low === high ? low : between(low, high));
  }
  edges.delete(sorted.at(-1) ?? 0);
  return Float64Array.from(edges);
}

/** Halved before they are added, so that the largest numbers do not overflow. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= high ? low : Math.max(middle, low);
}

/** The most frequent categories have bins of their own; the bin before the last takes all others. */
function categoryBinner(values: Float64Array, size: number): Binner {
  const counts = new Uint32Array(size);
  for (const value of values) if (value < size) counts[value] = (counts[value] ?? 0) + 1;
  const known = [...counts.keys()]
    .filter(category => (counts[category] ?? 0) > 0)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
    .slice(0, mostCategories);
  const binOf = new Uint8Array(size).fill(known.length);
  known.forEach((category, bin) => {
    binOf[category] = bin;
  });
  return { kind: 'category', binOf, bins: known.length + 2 };
}

function binColumn(table: Table, column: number, binner: Binner, target: Uint8Array): void {
  const width = table.columns.length;
  for (let row = 0; row < table.count; row += 1) {
    target[row] = binOf(binner, table.values[row * width + column] ?? Number.NaN);
  }
}

export function binOf(binner: Binner, value: number): number {
  if (Number.isNaN(value)) return binner.bins - 1;
  if (binner.kind === 'category') return binner.binOf[value] ?? binner.bins - 2;
  let low = 0;
  let high = binner.edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (binner.edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
