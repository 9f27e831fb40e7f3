import type { DataSet } from '@banknote-loop/shared/data-set';
import { useMemo } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { useLoad } from '../use-load.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Between which values each number is moved, by its column: what the declaration expects, else what known items have. */
export function useRanges(isWanted: boolean): ReadonlyMap<string, Range> {
  const dataSet = useDataSet();
  const isDeclared = dataSet.features.every(
    feature => feature.kind !== 'number' || (feature.min !== undefined && feature.max !== undefined),
  );
  const { data } = useLoad(isWanted && !isDeclared ? '/samples?count=200' : undefined);
  const samples = data?.samples;
  return useMemo(
    () => (isWanted ? rangesOf(dataSet, samples?.map(({ features }) => features) ?? []) : new Map()),
    [isWanted, dataSet, samples],
  );
}

function rangesOf({ features }: DataSet, known: readonly (readonly unknown[])[]): ReadonlyMap<string, Range> {
  return new Map(
    features.flatMap((feature, place) => {
      if (feature.kind !== 'number') return [];
      const values = known.map(row => row[place]).filter(value => typeof value === 'number');
      const min = feature.min ?? Math.min(...values);
      const max = feature.max ?? Math.max(...values);
      return max > min && Number.isFinite(max - min) ? [[feature.column, { min, max }] as const] : [];
    }),
  );
}
