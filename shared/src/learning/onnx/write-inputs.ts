import type { DataSet } from '../../data-set/declaration.ts';
import type { Graph } from './graph.ts';

interface Codes {
  readonly name: string;
  /** Of how many categories. */
  readonly size: number;
}

/** What is known of rows before any member looks at them. */
export interface OnnxInputs {
  /** All columns of numbers side by side; nothing where there is none. */
  readonly numbers: string | undefined;
  /** The place of each column of numbers among them. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** The codes of each column of categories, with one for what was never seen and one for what is missing. */
  readonly codes: ReadonlyMap<number, Codes>;
}

export function writeInputs({ features }: DataSet, graph: Graph): OnnxInputs {
  const numbers: string[] = [];
  const placeOf = new Map<number, number>();
  const codes = new Map<number, Codes>();
  features.forEach((feature, column) => {
    if (feature.kind !== 'category') {
      placeOf.set(column, numbers.length);
      numbers.push(feature.column);
      return;
    }
    const { categories } = feature;
    const found = graph.addForTables('LabelEncoder', [feature.column], {
      keys_strings: [...categories, ''],
      values_int64s: Int32Array.of(...categories.keys(), categories.length + 1),
      default_int64: categories.length,
    });
    const name = graph.add('Squeeze', [found, graph.constant([1], BigInt64Array.of(1n))]);
    codes.set(column, { name, size: categories.length });
  });
  return { numbers: numbers.length > 0 ? graph.beside(numbers) : undefined, placeOf, codes };
}
