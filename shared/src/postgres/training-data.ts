import { createHash } from 'node:crypto';
import type { TrainingSet } from '../classifier/training-set.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { classNames } from './features.ts';

/** How much of it one reviewer or one batch may bring. */
export interface InfluenceCaps {
  readonly reviewerShare: number;
  readonly batchShare: number;
  /** So many rows of each always count. */
  readonly minimumRows: number;
}

/** What becomes of a label that a person gave; `schema.sql` says what each means. */
export type LabelRole = 'trains' | 'judges' | 'surplus' | 'capped' | 'overruled' | 'superseded';

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

/** The same as the statement of `training-data-query.ts` gives it. */
export interface EncodedTrainingData extends Pick<TrainingData, 'trainingByPeople' | 'roles' | 'changes'> {
  readonly trainingFeatures: Buffer;
  readonly trainingClasses: Buffer;
  readonly holdoutFeatures: Buffer;
  readonly holdoutClasses: Buffer;
  readonly holdoutByPeople: Buffer;
  readonly holdoutReviewers: readonly (string | null)[];
  readonly trainingOwnClasses: Buffer;
}

export function decodeTrainingData(dataSet: DataSet, encoded: EncodedTrainingData): TrainingData {
  const { trainingByPeople, roles, changes } = encoded;
  const training = toRows(dataSet, encoded.trainingFeatures, encoded.trainingClasses);
  const holdout = toRows(dataSet, encoded.holdoutFeatures, encoded.holdoutClasses);
  return {
    training,
    holdout,
    holdoutByPeople: new Uint8Array(encoded.holdoutByPeople),
    holdoutReviewers: numberNames(encoded.holdoutReviewers),
    trainingByPeople,
    trainingOwnClasses: new Uint8Array(encoded.trainingOwnClasses),
    fingerprint: fingerprintOf(training, holdout),
    roles,
    changes,
  };
}

/** Gives the same names the same numbers, from 1; those without one are 0. */
function numberNames(names: readonly (string | null)[]): Uint32Array {
  const numbers = new Map<string, number>();
  return Uint32Array.from(names, name => {
    if (name === null) return 0;
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  });
}

function fingerprintOf(...sides: readonly TrainingSet[]): string {
  const hash = createHash('sha256');
  for (const { features, classes } of sides) {
    hash.update(`${classes.length}\n`).update(asBytes(features)).update(classes);
  }
  return hash.digest('hex');
}

function toRows(dataSet: DataSet, features: Buffer, classes: Buffer): TrainingSet {
  // The server sends numbers with the high byte first, this machine holds them the other way round. A buffer of the
  // driver's may begin anywhere in memory, numbers only at multiples of eight; a large one always does.
  const bytes = features.byteOffset % 8 === 0 ? features : Buffer.from(new Uint8Array(features).buffer);
  bytes.swap64();
  return {
    count: classes.length,
    columns: dataSet.features.length,
    features: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8),
    classes: new Uint8Array(classes),
    classNames: classNames(dataSet),
  };
}

function asBytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
