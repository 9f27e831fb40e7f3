import { cache, defineFunction, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'training-to-cache',
  summary: 'Makes a promoted model the live one, and lists the job.',
  on: topics.model,
  uses: { cache },

  async handle(model, { cache, time }) {
    const decided = model.created ? new Date(model.created) : time;
    // What a person decides of a model is no training.
    const { kind = 'training' } = model.decision ?? {};
    const listed = kind === 'training' && (await cache.addJob(model, decided));
    const live = model.promoted && (await cache.setLatestModel(model, decided));
    return { job: model.job_id, model: model.model_file_name, promoted: model.promoted, kind, listed, live };
  },
});
