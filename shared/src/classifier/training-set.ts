/** Rows as columns of numbers, so that half a million of them take 20 MB and no garbage collector's time. */
export interface TrainingSet {
  /** Row after row, `columns` numbers each. */
  readonly features: Float64Array;
  readonly columns: number;
  /** The number of each row's class. */
  readonly classes: Uint8Array;
  /** The names of the classes, in the order of their numbers. */
  readonly classNames: readonly string[];
  readonly count: number;
}
