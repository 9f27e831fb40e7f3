import { PermanentError } from '../base/errors.ts';
import { type Classifier, compileModel } from '../classifier/forward.ts';
import { decodeModel, InvalidModelError, type Model } from '../classifier/model-file.ts';
import type { DataSet } from '../data-set/declaration.ts';

export interface LoadedModel extends Classifier {
  readonly facts: Model;
}

/** Enough for the just-in-time compiler to take the forward pass up, so that the first message is not the slow one. */
const warmUpRounds = 200;

/** Checks a model file, tests it against its own probe rows, and warms it up. */
export function loadClassifier(dataSet: DataSet, fileName: string, text: string): LoadedModel {
  const facts = decode(dataSet, fileName, text);
  const classifier = compileModel(facts);
  const probes = facts.probes.map(({ features }) => features);
  for (let round = 0; round < warmUpRounds; round += 1) classifier.scores(probes);
  return { facts, ...classifier };
}

function decode(dataSet: DataSet, fileName: string, text: string): Model {
  try {
    return decodeModel(text, dataSet.features.length);
  } catch (cause) {
    if (!(cause instanceof InvalidModelError)) throw cause;
    throw new PermanentError(`The model file ${fileName} is refused.`, { cause });
  }
}
