import { PermanentError } from '../base/errors.ts';
import { contentHash } from '../bucket/content-hash.ts';
import type { ModelStore } from '../bucket/model-store.ts';
import { InvalidModelError } from '../classifier/model-error.ts';
import { type AnsweringModel, decodeAnsweringModel, type ModelFacts } from '../classifier/model-file.ts';
import type { ModelMessage } from '../contract/messages.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Classifier } from '../learning/model.ts';
import type { Database } from '../postgres/database.ts';

export interface LoadedModel extends Classifier, Pick<AnsweringModel, 'isOfEarlier'> {
  readonly facts: ModelFacts;
}

/** Enough for the just-in-time compiler to take the arithmetic up, so that the first message is not the slow one. */
const warmUpRounds = 200;
/** But no model, however large, takes longer than this to warm up. */
const mostWarmUpMs = 100;

/** Checks a model file, tests it against its own probe rows, and warms it up. */
export function loadClassifier(dataSet: DataSet, fileName: string, text: string): LoadedModel {
  const { answer, probabilities, isOfEarlier, ...facts } = decode(dataSet, fileName, text);
  const rows = Float64Array.from(facts.probes.flatMap(({ row }) => row.map(value => value ?? Number.NaN)));
  const until = performance.now() + mostWarmUpMs;
  for (let round = 0; round < warmUpRounds && performance.now() < until; round += 1) answer(rows);
  return { facts, answer, probabilities, isOfEarlier };
}

/** Throws unless a model that answers could be made of the file: a PermanentError if it never can. Answers the file's hash. */
export async function requireLoadable(
  dataSet: DataSet,
  store: ModelStore,
  { model_file_name, content_sha256 }: Pick<ModelMessage, 'model_file_name' | 'content_sha256'>,
): Promise<string> {
  const content = await store.load(model_file_name, content_sha256);
  loadClassifier(dataSet, model_file_name, content);
  return contentHash(content);
}

/** The records of models and their files, which must agree. */
export interface ModelRecords {
  readonly db: Pick<Database, 'models'>;
  readonly store: ModelStore;
}

/** The file of a model, if it is there; a PermanentError if it is not the one that was recorded. */
export async function findRecorded(
  { db, store }: ModelRecords,
  fileName: string,
): Promise<string | undefined> {
  return store.find(fileName, await db.models.contentHash(fileName));
}

/** Loads a model whose file must be there, if not now then soon. */
export async function loadRecorded(
  dataSet: DataSet,
  { db, store }: ModelRecords,
  fileName: string,
): Promise<LoadedModel> {
  const hash = await db.models.contentHash(fileName);
  return loadClassifier(dataSet, fileName, await store.load(fileName, hash));
}

/** Clocks differ, but not by more. */
const toleranceMs = 5 * 60_000;

/** A decision that is dated ahead would stand against everything that is decided until then. */
export function requirePast(decided: Date): void {
  if (decided.getTime() <= Date.now() + toleranceMs) return;
  throw new PermanentError(`The decision is dated ${decided.toISOString()}, which is still to come.`, {
    field: 'created',
  });
}

/** Other programs may announce what they have trained. What people decide of models, they decide here. */
export function requireOwnDecision({ decision }: Pick<ModelMessage, 'decision'>, ours: boolean): void {
  if (ours || !decision || decision.kind === 'training') return;
  throw new PermanentError(`No program of this deployment has signed this ${decision.kind}.`, {
    field: 'decision',
  });
}

function decode(dataSet: DataSet, fileName: string, text: string): AnsweringModel {
  try {
    return decodeAnsweringModel(dataSet, text);
  } catch (error) {
    if (!(error instanceof InvalidModelError)) throw error;
    throw new PermanentError(`The model file ${fileName} is refused: ${error.message}`);
  }
}
