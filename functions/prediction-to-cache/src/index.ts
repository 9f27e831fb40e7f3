import { cache, defineFunction, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'prediction-to-cache',
  summary: 'Puts a predicted batch where programs find it fast.',
  on: topics.prediction,
  uses: { cache },

  async handle(prediction, { cache, time }) {
    const changed = await cache.addBatch(prediction, time);
    return { notes: prediction.subjects.length, changed };
  },
});
