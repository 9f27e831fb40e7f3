import { PermanentError } from '../base/errors.ts';
import type { ModelStore } from '../bucket/model-store.ts';
import { InvalidModelError } from '../classifier/model-error.ts';
import { decodeModelFile, type ModelFile } from '../classifier/model-file.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Classifier } from '../learning/model.ts';

export interface LoadedModel extends Classifier {
  readonly facts: Omit<ModelFile, 'model'>;
}

/** Enough for the just-in-time compiler to take the arithmetic up, so that the first message is not the slow one. */
const warmUpRounds = 200;
/** But no model, however large, takes longer than this to warm up. */
const mostWarmUpMs = 100;

/** Checks a model file, tests it against its own probe rows, and warms it up. */
export function loadClassifier(dataSet: DataSet, fileName: string, text: string): LoadedModel {
  const { answer, probabilities, model: _, ...facts } = decode(dataSet, fileName, text);
  const rows = Float64Array.from(facts.probes.flatMap(({ row }) => row.map(value => value ?? Number.NaN)));
  const until = performance.now() + mostWarmUpMs;
  for (let round = 0; round < warmUpRounds && performance.now() < until; round += 1) answer(rows);
  return { facts, answer, probabilities };
}

/** Throws unless a model that answers could be made of the file: a PermanentError if it never can. */
export async function requireLoadable(dataSet: DataSet, store: ModelStore, fileName: string): Promise<void> {
  loadClassifier(dataSet, fileName, await store.load(fileName));
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

function decode(dataSet: DataSet, fileName: string, text: string): ModelFile & Classifier {
  try {
    return decodeModelFile(dataSet, text);
  } catch (error) {
    if (!(error instanceof InvalidModelError)) throw error;
    throw new PermanentError(`The model file ${fileName} is refused: ${error.message}`);
  }
}
