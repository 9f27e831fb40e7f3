import { database, defineFunction, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'training-to-db',
  summary:
    'Keeps the record of each training, of the model that came of it, and of every decision on models.',
  on: topics.model,
  uses: { db: database },

  async handle(model, { db, time }) {
    const recorded = await db.models.recordAnnouncement(model, time);
    const { job_id: job, model_file_name, promoted } = model;
    return { job, model: model_file_name, promoted, recorded };
  },
});
