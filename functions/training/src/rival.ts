import { type DataSet, PermanentError, z } from '@banknote-loop/shared';
import {
  answerUnseen,
  type BesideBest,
  decodeOutOfFold,
  type OutOfFold,
  outOfFoldName,
} from '@banknote-loop/shared/classifier';
import {
  findRecorded,
  type LoadedModel,
  loadClassifier,
  type ModelRecords,
} from '@banknote-loop/shared/models';
import type { PromotedModel, TrainingData } from '@banknote-loop/shared/postgres';

/** A model that a challenger is held against. */
export interface Rival extends LoadedModel {
  readonly fileName: string;
  /** What models like it said of the rows that it learned from; models of earlier versions and from elsewhere have none. */
  readonly outOfFold?: OutOfFold | undefined;
}

/** The model that answers now, and the best one ever proved, where that is another. */
export interface Champion extends Rival {
  readonly best?: Rival | undefined;
  /** How models did beside the best that were learned from the same rows with other seeds. */
  readonly repeats?: readonly BesideBest[] | undefined;
  /** How the latest models did beside the best. */
  readonly earlier?: readonly BesideBest[] | undefined;
}

/**
 * One whose file is gone or damaged can defend nothing: then the challenger is judged like a first model, so that the
 * loop gets out of such a state by itself. Nor can one of an earlier declaration: it does not see all that rows say now, and
 * which of them it has learned from cannot be told any more.
 */
export async function loadChampion(
  dataSet: DataSet,
  records: ModelRecords,
  fileName: string | undefined,
): Promise<Champion | undefined> {
  const champion = await loadRival(dataSet, records, fileName);
  const best = await loadRival(dataSet, records, champion?.outOfFold?.best ?? undefined);
  return champion && { ...champion, best };
}

async function loadRival(
  dataSet: DataSet,
  records: ModelRecords,
  fileName: string | undefined,
): Promise<Rival | undefined> {
  if (!fileName) return undefined;
  try {
    const [content, outOfFold] = await Promise.all([
      findRecorded(records, fileName),
      records.store.find(outOfFoldName(fileName)),
    ]);
    if (!content) return undefined;
    const model = loadClassifier(dataSet, fileName, content);
    if (model.isOfEarlier) return undefined;
    return { fileName, ...model, ...(outOfFold && { outOfFold: decodeOutOfFold(outOfFold) }) };
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

/** Why a model that a person holds in its place cannot answer any more: under another declaration, or without its file. */
export async function whyPinLapsed(
  dataSet: DataSet,
  records: ModelRecords,
  live: PromotedModel | undefined,
): Promise<string | undefined> {
  if (live?.kind !== 'pin') return undefined;
  const { model_file_name: fileName } = live;
  try {
    const content = await findRecorded(records, fileName);
    if (content === undefined) return 'Its file is gone.';
    loadClassifier(dataSet, fileName, content);
    return undefined;
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    throw error;
  }
}

/** What a rival says of the hold-out and then of the training rows, NaN where it can only have learned it by heart. */
export function answersOf(
  { probabilities, outOfFold }: Pick<Rival, 'probabilities' | 'outOfFold'>,
  { holdout, training }: Pick<TrainingData, 'holdout' | 'training'>,
): Float64Array {
  const width = holdout.classNames.length;
  const answers = new Float64Array((holdout.count + training.count) * width).fill(Number.NaN);
  if (outOfFold?.classCount === width) {
    answers.set(answerUnseen(probabilities, outOfFold, holdout));
    answers.set(answerUnseen(probabilities, outOfFold, training), holdout.count * width);
  } else {
    answers.set(probabilities(holdout.features));
  }
  return answers;
}

const repeatsFile = z.array(z.object({ fewer: z.number(), logLoss: z.number() })).max(100);

export function repeatsName(modelFileName: string): string {
  return modelFileName.replace(/(\.json)?$/, '.repeats.json');
}

/** None are known of models of earlier versions, of those from elsewhere, and of those with too many numbers. */
export async function findRepeats(
  store: ModelRecords['store'],
  modelFileName: string,
): Promise<readonly BesideBest[]> {
  const text = await store.find(repeatsName(modelFileName));
  return text === undefined ? [] : repeatsFile.parse(JSON.parse(text));
}
