import {
  database,
  defineFunction,
  messageKeys,
  PermanentError,
  queues,
  TransientError,
  topics,
} from '@banknote-loop/shared';
import { isLost } from './lost-batch.ts';
import { only } from './only.ts';

export default defineFunction({
  name: 'feedback-to-db',
  summary: 'Notes which predictions people found right or wrong.',
  on: topics.feedback,
  publishes: [topics.training],
  uses: { db: database, queues, signatures: messageKeys },

  async handle(feedback, { db, queues, signatures, time, attempt, publish, refuse }) {
    // Anybody who may publish can say `verified`: it counts where our own API has signed it, and as of then.
    const signedAt = await signatures.timeOf(feedback, time);
    const rating = { ...feedback, verified: feedback.verified && signedAt !== undefined };
    const ratedAt = signedAt ?? time;
    const apply = () => db.ratings.apply(rating, ratedAt);
    const first = await apply();
    // A rating can overtake the prediction that it speaks of: it waits for it, by being delivered again. Whether it has come
    // is looked at once more after the queues: it may have left them in between.
    const lost = !first.batchKnown && (await isLost(queues, { attempt, time }));
    const { batchKnown, applied, trainingIsStale, unknownSubjects } = lost ? await apply() : first;
    if (!batchKnown) throw notStored(feedback.batch_id, lost);

    // Published whenever the training rows lag behind, not only when this delivery changed something: an earlier
    // delivery may have died between its commit and its publish.
    if (trainingIsStale) await publish(topics.training, feedback);

    if (unknownSubjects.length > 0) {
      const reason = `The batch has no subject named ${unknownSubjects.map(name => JSON.stringify(name)).join(', ')}.`;
      const part = await signatures.sign(only(rating, unknownSubjects), ratedAt);
      await refuse(part, new PermanentError(reason, { field: 'subjects' }));
    }
    return { applied, refused: unknownSubjects.length, training_is_stale: trainingIsStale };
  },
});

function notStored(batchId: string, lost: boolean): Error {
  if (!lost) return new TransientError(`The batch ${batchId} has not been stored yet.`);
  const reason = `There is no batch ${batchId}, and none is on its way: replay this once it has been predicted.`;
  return new PermanentError(reason, { field: 'batch_id' });
}
