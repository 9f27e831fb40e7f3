import { database, defineFunction, PermanentError, TransientError, topics } from '@banknote-loop/shared';
import { only } from './only.ts';

export default defineFunction({
  name: 'feedback-to-db',
  summary: 'Notes which predictions people found right or wrong.',
  on: topics.feedback,
  publishes: [topics.training],
  uses: { db: database },

  async handle(feedback, { db, time, publish, refuse }) {
    const { batchKnown, applied, trainingIsStale, unknownSubjects } = await db.ratings.apply(feedback, time);
    // A rating can overtake the prediction that it speaks of: it waits for it, by being delivered again.
    if (!batchKnown) throw new TransientError(`The batch ${feedback.batch_id} has not been stored yet.`);

    // Published whenever the training rows lag behind, not only when this delivery changed something: an earlier
    // delivery may have died between its commit and its publish.
    if (trainingIsStale) await publish(topics.training, feedback);

    if (unknownSubjects.length > 0) {
      const reason = `The batch has no subject named ${unknownSubjects.map(name => JSON.stringify(name)).join(', ')}.`;
      await refuse(only(feedback, unknownSubjects), new PermanentError(reason, { field: 'subjects' }));
    }
    return { applied, refused: unknownSubjects.length, training_is_stale: trainingIsStale };
  },
});
