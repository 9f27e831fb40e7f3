import { createHash } from 'node:crypto';
import type { TrainingSet } from '../classifier/training-set.ts';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { numbersOf } from './own-rows.ts';

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

export const defaultMostRows = 100_000;

/** What becomes of a label that a person gave; `schema.sql` says what each means. */
export type LabelRole = 'trains' | 'judges' | 'surplus' | 'capped' | 'overruled' | 'superseded' | 'set aside';

/** A person's label that has another role in these rows than it had in the last ones. */
export interface RoleChange {
  readonly batch_id: string;
  readonly position: number;
  readonly class: number;
  readonly role: LabelRole;
}

export const noOwnClass = 255;

/** The rows that models learn from, and those that judge them. */
export interface TrainingData {
  /** What models are trained on. */
  readonly training: TrainingSet;
  /** What models are judged on, and none is ever trained on. */
  readonly holdout: TrainingSet;
  /** For each hold-out row 1 if a person labelled it, 0 if the bank did. */
  readonly holdoutByPeople: Uint8Array;
  /** For each hold-out row the number of the person who labelled it, whichever it is; 0 if the bank did. */
  readonly holdoutReviewers: Uint32Array;
  /** How many of the training rows people labelled. */
  readonly trainingByPeople: number;
  /** For each training row the class that the bank gives it, whatever people say; `noOwnClass` if it is people's alone. */
  readonly trainingOwnClasses: Uint8Array;
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

export function toRows(dataSet: DataSet, features: Buffer, classes: Buffer): TrainingSet {
  return {
    count: classes.length,
    columns: dataSet.features.length,
    features: numbersOf(features),
    classes: new Uint8Array(classes),
    classNames: classNames(dataSet),
  };
}
