import { database, defineFunction, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'prediction-to-db',
  summary: 'Stores each prediction of a batch as a row.',
  on: topics.prediction,
  uses: { db: database },

  async handle(prediction, { db, time }) {
    await db.predictions.store({ prediction, created: time });
    return { notes: prediction.subjects.length };
  },
});
