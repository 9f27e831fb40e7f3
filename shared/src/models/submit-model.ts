import { randomBytes } from 'node:crypto';
import { ConflictError } from '../base/errors.ts';
import { uuidFromName } from '../base/ids.ts';
import type { ModelStore } from '../bucket/model-store.ts';
import type { FeedbackMessage } from '../contract/messages.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRows } from '../data-set/row.ts';
import type { Database } from '../postgres/database.ts';
import { readForeignModelApart } from './read-apart.ts';

/** How the names of files begin that wait to be judged. */
const candidates = 'candidate-';

export function isCandidate(fileName: string): boolean {
  return fileName.startsWith(candidates);
}

/** So many items of the data set show what a model says. */
const rowsAsked = 100;

export interface Submission {
  readonly dataSet: DataSet;
  readonly db: Database;
  readonly store: ModelStore;
  /** Who sends it, for the record. */
  readonly by: string;
}

/**
 * Takes a model from elsewhere in: checks it, and puts it where the training finds it. What comes back asks the training
 * to judge it, as the message of a job; its batch id is that of the job to be.
 */
export async function submitModel(file: Uint8Array, submission: Submission): Promise<FeedbackMessage> {
  const { dataSet, db, store, by } = submission;
  const samples = await db.training.drawSamples(rowsAsked);
  const rows = encodeRows(
    dataSet,
    samples.map(({ features }) => features),
  );
  const { text, fingerprint } = await readForeignModelApart(dataSet, file, rows);
  await refuseRolledBack(db, fingerprint);
  const candidate = `${candidates}${fingerprint.slice(0, 16)}-${randomBytes(6).toString('hex')}.json`;
  await store.save(candidate, text);
  const batch_id = uuidFromName('candidate', candidate);
  return { batch_id, subjects: [candidate], ratings: [null], reviewer: by, candidate };
}

/** Throws if a person took the model of this file out again: it may have been taken in before, too. */
export async function refuseRolledBack(
  { decisions }: Pick<Database, 'decisions'>,
  fingerprint: string,
): Promise<void> {
  const undone = await decisions.rollbackOf(fingerprint);
  if (!undone) return;
  throw new ConflictError(`The model of this file was rolled back by ${undone.made_by}: ${undone.why}`);
}
