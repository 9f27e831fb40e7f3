import { cache, defineFunction, topics } from '@banknote-loop/shared';
import { separateBatches } from '@banknote-loop/shared/contract';

export default defineFunction({
  name: 'prediction-to-cache',
  summary: 'Puts a predicted batch where programs find it fast.',
  on: topics.prediction,
  uses: { cache },

  async handle(message, { cache, time }) {
    const changed = await cache.addBatches(separateBatches(message), time);
    return { notes: message.subjects.length, changed };
  },
});
