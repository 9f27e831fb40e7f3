import { database, defineFunction, forEachBatch, topics } from '@banknote-loop/shared';
import { countOutOfRange } from '@banknote-loop/shared/data-set';

export default defineFunction({
  name: 'prediction-to-db',
  summary: 'Stores each prediction of a batch as a row.',
  on: topics.prediction,
  uses: { db: database },

  async handle(message, { dataSet, db, time, refuse }) {
    await forEachBatch(message, refuse, prediction => db.predictions.store({ prediction, created: time }));
    return { notes: message.subjects.length, out_of_range: countOutOfRange(dataSet, message.input) };
  },
});
