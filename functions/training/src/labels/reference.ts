import { createHash } from 'node:crypto';
import { type DataSet, PermanentError } from '@banknote-loop/shared';
import { type ModelStore, NameTakenError } from '@banknote-loop/shared/bucket';
import {
  decodeModelFile,
  encodeModelFile,
  InvalidModelError,
  probeEncoded,
  type TrainingSet,
  train,
} from '@banknote-loop/shared/classifier';
import { type Classifier, chooseBackend } from '@banknote-loop/shared/learning';
import { findRecorded } from '@banknote-loop/shared/models';
import type { Database } from '@banknote-loop/shared/postgres';

/** A model that has learned from no label of a person's, for those labels to be held against. */
export interface Reference extends Classifier {
  readonly fileName: string;
}

export interface ReferenceContext {
  readonly dataSet: DataSet;
  readonly db: Database;
  readonly store: ModelStore;
  readonly rules: { readonly budgetSeconds: number };
}

/**
 * The newest model that was promoted before people's labels came in; where there is none, one is made of the data set's
 * own rows, and kept in the bucket. Nothing where these are too few to learn from.
 */
export async function findReference(
  context: ReferenceContext,
  trusted: TrainingSet,
): Promise<Reference | undefined> {
  const { dataSet, db, store } = context;
  const fileName = await db.models.newestWithoutPeople();
  const content = fileName === undefined ? undefined : await ifGood(findRecorded({ db, store }, fileName));
  const found = fileName && content && decode(dataSet, fileName, content);
  return found || makeReference(context, trusted);
}

async function makeReference(
  { dataSet, store, rules }: ReferenceContext,
  trusted: TrainingSet,
): Promise<Reference | undefined> {
  const fingerprint = createHash('sha256').update(trusted.features).update(trusted.classes).digest('hex');
  const fileName = `reference-${fingerprint.slice(0, 32)}.json`;
  const known = await ifGood(store.find(fileName));
  const found = known && decode(dataSet, fileName, known);
  if (found) return found;
  const { tf, name: backend } = await chooseBackend();
  const seed = Number.parseInt(fingerprint.slice(0, 8), 16);
  const outcome = await train(tf, dataSet, trusted, { seed, budgetSeconds: rules.budgetSeconds });
  if (!outcome.trained) return undefined;
  const { model, choice, report } = outcome;
  const { accuracy, logLoss } = report.chosen;
  const metrics = { trainingRows: trusted.count, holdOutRows: 0, accuracy, logLoss };
  const probes = probeEncoded(model, trusted.features.slice(0, trusted.columns));
  const facts = { created: new Date().toISOString(), fingerprint, seed, backend, metrics, probes, choice };
  const text = encodeModelFile(dataSet, { ...facts, model });
  await keep(store, fileName, text);
  return decode(dataSet, fileName, text);
}

/** Whoever can write to the bucket may have put something else under its name: then it is made anew each time. */
function keep(store: ModelStore, fileName: string, text: string): Promise<void> {
  return store.save(fileName, text).catch(error => {
    if (!(error instanceof NameTakenError)) throw error;
  });
}

/** A file that nobody of ours has signed, or that has become another, is as good as none. */
function ifGood(found: Promise<string | undefined>): Promise<string | undefined> {
  return found.catch(error => {
    if (error instanceof PermanentError) return undefined;
    throw error;
  });
}

/**
 * A file of an earlier declaration, or a damaged one, is as good as none; so is a model that does not know where it knows
 * nothing, for there it would be as sure as anywhere.
 */
function decode(dataSet: DataSet, fileName: string, content: string): Reference | undefined {
  try {
    const { model, answer, probabilities } = decodeModelFile(dataSet, content);
    return model.novelty && { fileName, answer, probabilities };
  } catch (error) {
    if (error instanceof InvalidModelError) return undefined;
    throw error;
  }
}
