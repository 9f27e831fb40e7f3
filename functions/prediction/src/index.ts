import { defineFunction, liveModel, topics } from '@banknote-loop/shared';
import { answerRows } from '@banknote-loop/shared/models';

export default defineFunction({
  name: 'prediction',
  summary: 'Says of each note of a batch what it is.',
  on: topics.request,
  publishes: [topics.prediction],
  uses: { models: liveModel },

  async handle({ batch_id, subjects, features, batches }, { dataSet, models, publish }) {
    const model = await models.current();
    await publish(topics.prediction, {
      batch_id,
      subjects,
      input: features,
      ...answerRows(dataSet, model, features),
      model_file_name: model.fileName,
      // Those that came together go on together.
      ...(batches && { batches }),
    });
    return { notes: subjects.length, model: model.fileName };
  },
});
