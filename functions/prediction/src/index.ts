import { answerRules, defineFunction, liveModel, topics } from '@banknote-loop/shared';
import { answerRows } from '@banknote-loop/shared/models';

export default defineFunction({
  name: 'prediction',
  summary: 'Says of each item of a batch what it is.',
  on: topics.request,
  publishes: [topics.prediction],
  uses: { models: liveModel },
  settings: { rules: answerRules },

  async handle({ batch_id, subjects, features, batches }, { dataSet, models, rules, publish }) {
    const model = await models.current();
    await publish(topics.prediction, {
      batch_id,
      subjects,
      input: features,
      ...answerRows(dataSet, model, features, rules),
      model_file_name: model.fileName,
      // Those that came together go on together.
      ...(batches && { batches }),
    });
    return { notes: subjects.length, model: model.fileName };
  },
});
