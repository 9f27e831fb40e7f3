import { createHash } from 'node:crypto';
import type { TrainingSet } from '../classifier/training-set.ts';
import { labels } from '../contract/classes.ts';
import { featureNames } from '../contract/notes.ts';
import { readSet } from './data-set-query.ts';
import type { Sql } from './sql.ts';

/** How much of the data set one reviewer or one batch may bring. */
export interface InfluenceCaps {
  readonly reviewerShare: number;
  readonly batchShare: number;
  /** So many rows of each always count. */
  readonly minimumRows: number;
}

/** What becomes of a label that a person gave; `schema.sql` says what each means. */
export type LabelRole = 'trains' | 'judges' | 'surplus' | 'capped' | 'overruled' | 'superseded';

/** A person's label that has another role in this data set than it had in the last. */
export interface RoleChange {
  readonly batch_id: string;
  readonly position: number;
  readonly class: 0 | 1;
  readonly role: LabelRole;
}

export interface DataSet {
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

interface Answer extends Pick<DataSet, 'trainingByPeople' | 'roles' | 'changes'> {
  readonly trainingFeatures: Buffer;
  readonly trainingClasses: Buffer;
  readonly holdoutFeatures: Buffer;
  readonly holdoutClasses: Buffer;
  readonly holdoutByPeople: Buffer;
}

export async function readDataSet(sql: Sql, caps: InfluenceCaps): Promise<DataSet> {
  const { reviewerShare, batchShare, minimumRows } = caps;
  const answer = await sql.row<Answer>(readSet, [reviewerShare, batchShare, minimumRows]);
  const { trainingByPeople, roles, changes } = answer;
  const training = toRows(answer.trainingFeatures, answer.trainingClasses);
  const holdout = toRows(answer.holdoutFeatures, answer.holdoutClasses);
  return {
    training,
    holdout,
    holdoutByPeople: new Uint8Array(answer.holdoutByPeople),
    trainingByPeople,
    fingerprint: fingerprintOf(training, holdout),
    roles,
    changes,
  };
}

function fingerprintOf(...sides: readonly TrainingSet[]): string {
  const hash = createHash('sha256');
  for (const { features, classes } of sides) {
    hash.update(`${classes.length}\n`).update(asBytes(features)).update(classes);
  }
  return hash.digest('hex');
}

function toRows(features: Buffer, classes: Buffer): TrainingSet {
  // The server sends numbers with the high byte first, this machine holds them the other way round. A buffer of the
  // driver's may begin anywhere in memory, numbers only at multiples of eight; a large one always does.
  const bytes = features.byteOffset % 8 === 0 ? features : Buffer.from(new Uint8Array(features).buffer);
  bytes.swap64();
  return {
    count: classes.length,
    columns: featureNames.length,
    features: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8),
    classes: new Uint8Array(classes),
    classNames: labels,
  };
}

function asBytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

// A label that has been changed since the data set was read has not been learned as it is now.
const noteRoles = {
  name: 'note-label-roles',
  text: `
    update training t set role = change.role, job_id = $1
    from json_to_recordset($2) as change (batch_id uuid, position bigint, class smallint, role text)
    where t.batch_id = change.batch_id and t.position = change.position and t.class = change.class`,
};

/** Writes down what a training made of people's labels. */
export async function noteLabelRoles(sql: Sql, jobId: string, changes: readonly RoleChange[]): Promise<void> {
  if (changes.length > 0) await sql.rows(noteRoles, [jobId, JSON.stringify(changes)]);
}
