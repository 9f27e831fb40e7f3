import type { Findings } from './report.ts';

/** How thoroughly to measure: `--quick` shows whether all works, a full run is what the docs quote. */
export interface Effort {
  readonly quick: boolean;
  readonly rounds: number;
  /** Of the tables that are learned only these; all where none is named. */
  readonly tables: readonly string[];
}

/** A part of the benchmark that can be run alone. */
export interface Part {
  readonly name: string;
  readonly summary: string;
  measure(effort: Effort): Promise<Findings>;
}
