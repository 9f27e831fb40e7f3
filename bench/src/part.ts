import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import type { Findings } from './report.ts';

/** How thoroughly to measure: `--quick` shows whether all works, a full run is what the docs quote. */
export interface Effort {
  readonly quick: boolean;
  readonly rounds: number;
  /** Of the tables that are learned only these; all where none is named. */
  readonly tables: readonly string[];
  /** Whose items are sent, by the parts that can send any. */
  readonly found: FoundDataSet;
}

/** A part of the benchmark that can be run alone. */
export interface Part {
  readonly name: string;
  readonly summary: string;
  /** Whether it can send the items of any data set; the others are about banknotes. */
  readonly takesAnyTable?: true;
  /** Takes an hour, and is run only when it is named. */
  readonly takesLong?: true;
  measure(effort: Effort): Promise<Findings>;
}
