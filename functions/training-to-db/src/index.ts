import {
  type DataSet,
  database,
  defineFunction,
  type ModelMessage,
  modelStore,
  PermanentError,
  topics,
} from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { requireLoadable, requirePast } from '@banknote-loop/shared/models';

export default defineFunction({
  name: 'training-to-db',
  summary:
    'Keeps the record of each training, of the model that came of it, and of every decision on models.',
  on: topics.model,
  uses: { db: database, store: modelStore },

  async handle(model, { db, store, dataSet, time }) {
    requirePast(model.created ? new Date(model.created) : time);
    // What our own training announces, it has recorded itself.
    const known = await db.models.announcement(model.model_file_name);
    const checked = known || !model.promoted ? model : await refuseUnloadable(model, { store, dataSet });
    const recorded = await db.models.recordAnnouncement(checked, time);
    const { job_id: job, model_file_name, promoted } = checked;
    return { job, model: model_file_name, promoted, recorded };
  },
});

/** Another program's model that nobody here can load is on record as refused, and never answers. */
async function refuseUnloadable(
  model: ModelMessage,
  { store, dataSet }: { readonly store: ModelStore; readonly dataSet: DataSet },
): Promise<ModelMessage> {
  try {
    return { ...model, content_sha256: await requireLoadable(dataSet, store, model) };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return {
      ...model,
      promoted: false,
      reason: error.message,
      report: { ...model.report, stored: false },
    };
  }
}
