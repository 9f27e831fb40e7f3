import { database, defineFunction, modelStore, topics } from '@banknote-loop/shared';
import { requireOwnDecision, requirePast } from '@banknote-loop/shared/models';
import { refuseBesidePin } from './refuse-beside-pin.ts';
import { refuseUnloadable } from './refuse-unloadable.ts';

export default defineFunction({
  name: 'training-to-db',
  summary:
    'Keeps the record of each training, of the model that came of it, and of every decision on models.',
  on: topics.model,
  uses: { db: database, store: modelStore },

  async handle(model, { db, store, dataSet, time, ours }) {
    const decided = model.created ? new Date(model.created) : time;
    requirePast(decided);
    requireOwnDecision(model, ours);
    // What our own training announces, it has recorded itself.
    const known = await db.models.announcement(model.model_file_name);
    const loadable = known || !model.promoted ? model : await refuseUnloadable(model, { store, dataSet });
    const checked = ours ? loadable : refuseBesidePin(loadable, decided, await db.models.live());
    const recorded = await db.models.recordAnnouncement(checked, time);
    const { job_id: job, model_file_name, promoted } = checked;
    return { job, model: model_file_name, promoted, recorded };
  },
});
