import { featureNames } from '../contract/notes.ts';

export const featureCount = featureNames.length;

/** Rows as columns of numbers, so that half a million of them take 20 MB and no garbage collector's time. */
export interface TrainingSet {
  /** Row after row, `featureCount` numbers each. */
  readonly features: Float64Array;
  /** The class of each row, 0 or 1. */
  readonly classes: Uint8Array;
  readonly count: number;
}
