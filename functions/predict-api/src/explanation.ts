import { PermanentError, z } from '@banknote-loop/shared';
import { batchPath, explanationAnswer } from '@banknote-loop/shared/contract';
import { isRow } from '@banknote-loop/shared/data-set';
import { HttpError, requireOwnBatch, route } from '@banknote-loop/shared/http';
import {
  type Explainer,
  explainRow,
  type LoadedModel,
  loadRecorded,
  whyUnexplained,
} from '@banknote-loop/shared/models';
import type { Context } from './context.ts';

type ModelContext = Pick<Context, 'dataSet' | 'db' | 'models' | 'store'>;

export function getExplanation() {
  const modelCalled = rememberLast();
  return route({
    method: 'GET',
    path: '/batches/{id}/explanation',
    summary: 'What each feature contributed to a stored answer, by the model that gave it.',
    params: batchPath,
    query: z.object({ subject: z.string() }),
    answer: explanationAnswer,

    async handle(
      { params: { id }, query: { subject } },
      context: ModelContext & Pick<Context, 'caller' | 'noteRead'>,
    ) {
      const { dataSet, db } = context;
      requireOwnBatch(context, id);
      const note = (await db.batches.notes(id)).find(one => one.subject === subject);
      if (!note) throw new HttpError(404, `There is no "${subject}" in a batch ${id}, or not yet.`);
      const row = dataSet.features.map(({ column }) => note[column] ?? null);
      const { model_file_name } = note;
      if (model_file_name === null || !isRow(dataSet, row)) {
        throw new HttpError(404, 'Which model gave this answer is not known: there is no explanation.');
      }
      const model = await modelCalled(model_file_name, context);
      const explanation = explainRow(dataSet, model, row);
      if (!explanation) throw new HttpError(404, whyUnexplained(model));
      return { body: { batch_id: id, subject, model_file_name, ...explanation } };
    },
  });
}

/** Loads models by name, and keeps the last one beside the live model: people look at one batch after another. */
function rememberLast(): (fileName: string, context: ModelContext) => Promise<Explainer> {
  let last: Explainer | undefined;
  return async (fileName, context) => {
    const live = await context.models.current();
    if (live.fileName === fileName) return live;
    if (last?.fileName === fileName) return last;
    const { facts, probabilities } = await loadStored(fileName, context);
    const model = { fileName, probabilities, background: facts.background };
    last = model;
    return model;
  };
}

/** A declaration may have changed since, and an earlier model then fits no more. */
async function loadStored(fileName: string, { dataSet, db, store }: ModelContext): Promise<LoadedModel> {
  try {
    return await loadRecorded(dataSet, { db, store }, fileName);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    throw new HttpError(404, `There is no explanation: ${error.message}`);
  }
}
