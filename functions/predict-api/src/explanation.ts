import { z } from '@banknote-loop/shared';
import { batchPath, explanationAnswer } from '@banknote-loop/shared/contract';
import { isRow } from '@banknote-loop/shared/data-set';
import { HttpError, requireOwnBatch, route } from '@banknote-loop/shared/http';
import { explainPrediction, whyUnexplained } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';
import type { ModelCalled, ModelContext } from './stored-models.ts';

export function getExplanation(modelCalled: ModelCalled) {
  return route({
    method: 'GET',
    path: '/batches/{id}/explanation',
    summary: 'What each feature contributed to a stored answer, by the model that gave it.',
    params: batchPath,
    query: z.object({ subject: z.string() }),
    answer: explanationAnswer,

    async handle(
      { params: { id }, query: { subject } },
      context: ModelContext & Pick<Context, 'caller' | 'auditRead'>,
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
      const explanation = explainPrediction(dataSet, model, row);
      if (!explanation) throw new HttpError(404, whyUnexplained(model));
      return { body: { batch_id: id, subject, model_file_name, ...explanation } };
    },
  });
}
