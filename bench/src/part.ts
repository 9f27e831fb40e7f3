import type { Findings } from './report.ts';

/** How thoroughly to measure: `--quick` shows whether all works, a full run is what the docs quote. */
export interface Effort {
  readonly quick: boolean;
  readonly rounds: number;
}

/** A part of the benchmark that can be run alone. */
export interface Part {
  readonly name: string;
  readonly summary: string;
  measure(effort: Effort): Promise<Findings>;
}
