import { database, defineFunction, topics } from '@banknote-loop/shared';

export default defineFunction({
  name: 'feedback-to-training',
  summary: 'Turns rated predictions into training rows, and asks for a new model.',
  on: topics.training,
  publishes: [topics.job],
  uses: { db: database },

  // Whoever may publish ratings must not have a model judged by it, in the name of somebody else: this message will be signed.
  async handle({ candidate: _, ...feedback }, { db, publish }) {
    const { rated, written, removed } = await db.training.sync(feedback.batch_id, feedback.subjects);
    // Also when nothing was left to write: an earlier delivery may have written and died. Training on rows that have
    // been trained on already is skipped there.
    await publish(topics.job, feedback);
    return { rated, written, removed };
  },
});
