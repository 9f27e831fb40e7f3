import { cache, defineFunction, modelStore, topics } from '@banknote-loop/shared';
import { requireLoadable, requireOwnDecision, requirePast } from '@banknote-loop/shared/models';

export default defineFunction({
  name: 'training-to-cache',
  summary: 'Makes a promoted model the live one, if it can be loaded, and lists the job.',
  on: topics.model,
  uses: { cache, store: modelStore },

  async handle(model, { cache, store, dataSet, time, ours }) {
    const decided = model.created ? new Date(model.created) : time;
    requirePast(decided);
    requireOwnDecision(model, ours);
    // What a person decides of a model is no training.
    const { kind = 'training' } = model.decision ?? {};
    const listed = kind === 'training' && (await cache.addJob(model, decided));
    // Other programs announce models, too, in formats of their own.
    if (model.promoted) await requireLoadable(dataSet, store, model);
    const news = { isPin: kind === 'pin', isForeign: !ours };
    const live = model.promoted && (await cache.setLatestModel(model, decided, news));
    return { job: model.job_id, model: model.model_file_name, promoted: model.promoted, kind, listed, live };
  },
});
