import { database, defineFunction, forEachBatch, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'prediction-to-db',
  summary: 'Stores each prediction of a batch as a row.',
  on: topics.prediction,
  uses: { db: database },

  async handle(message, { db, time, refuse }) {
    await forEachBatch(message, refuse, prediction => db.predictions.store({ prediction, created: time }));
    return { notes: message.subjects.length };
  },
});
