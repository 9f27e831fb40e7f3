import { database, defineFunction, modelStore, topics } from '@banknote-loop/shared';
import { requirePast } from '@banknote-loop/shared/models';
import { refuseUnloadable } from './refuse-unloadable.ts';

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
