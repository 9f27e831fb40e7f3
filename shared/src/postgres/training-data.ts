import { createHash } from 'node:crypto';
import type { TrainingSet } from '../classifier/training-set.ts';

/** How much of what is learned one reviewer or one batch may bring. */
export interface InfluenceCaps {
  readonly reviewerShare: number;
  readonly batchShare: number;
  /** So many rows of each always count. */
  readonly minimumRows: number;
}

/** Which rows are learned from. */
export interface SelectionRules extends InfluenceCaps {
  /** No more rows than this are read. */
  readonly mostRows?: number;
}

export const defaultMostRows = 200_000;

/** What becomes of a label that a person gave; `schema.sql` says what each means. */
export type LabelRole =
  | 'trains'
  | 'judges'
  | 'surplus'
  | 'capped'
  | 'overruled'
  | 'superseded'
  | 'quarantined';

/** A person's label that has another role in these rows than it had in the last ones. */
export interface RoleChange {
  readonly batch_id: string;
  readonly position: number;
  readonly class: number;
  readonly role: LabelRole;
}

/** The rows that models learn from, and those that judge them. */
export interface TrainingData {
  /** What models are trained on. */
  readonly training: TrainingSet;
  /** What models are judged on, and none is ever trained on. */
  readonly holdout: TrainingSet;
  /** For each hold-out row 1 if a person labelled it, 0 if the bank did. */
  readonly holdoutByPeople: Uint8Array;
  /** How many of the training rows people labelled. */
  readonly trainingByPeople: number;
  /** The hash of all these rows: the same rows have the same fingerprint, whenever and however they came in. */
  readonly fingerprint: string;
  /** How many of people's labels have each role. */
  readonly roles: Readonly<Partial<Record<LabelRole, number>>>;
  readonly changes: readonly RoleChange[];
}

export function fingerprintOf(...sides: readonly TrainingSet[]): string {
  const hash = createHash('sha256');
  for (const { features, classes } of sides) {
    hash.update(`${classes.length}\n`).update(asBytes(features)).update(classes);
  }
  return hash.digest('hex');
}

function asBytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
