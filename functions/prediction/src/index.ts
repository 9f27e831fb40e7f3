import {
  defineFunction,
  labelOfScore,
  liveModel,
  type PredictionMessage,
  topics,
} from '@banknote-loop/shared';

export default defineFunction({
  name: 'prediction',
  summary: 'Says of each note of a batch whether it is real or fake.',
  on: topics.request,
  publishes: [topics.prediction],
  uses: { models: liveModel },

  async handle({ batch_id, subjects, features }, { models, publish }) {
    const model = await models.current();
    const scores = Array.from(model.scores(features));
    const prediction: PredictionMessage = {
      batch_id,
      subjects,
      input: features,
      output: scores.map(labelOfScore),
      scores,
      model_file_name: model.fileName,
    };
    await publish(topics.prediction, prediction);
    return { notes: subjects.length, model: model.fileName };
  },
});
