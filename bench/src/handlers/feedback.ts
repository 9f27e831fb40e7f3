import type { FeedbackMessage, PredictionMessage } from '@banknote-loop/shared';
import type { Database } from '@banknote-loop/shared/postgres';
import { prediction } from '../messages.ts';

/** Batches that are in the database and wait for a person's word. */
export async function storeBatches(
  db: Database,
  rows: number,
  count: number,
): Promise<readonly PredictionMessage[]> {
  const predictions = Array.from({ length: count }, () => prediction(rows));
  const created = new Date();
  await Promise.all(predictions.map(one => db.predictions.store({ prediction: one, created })));
  return predictions;
}

/** What a person says of a batch: every third answer was wrong. */
export function ratingsOf({ batch_id, subjects }: PredictionMessage): FeedbackMessage {
  return { batch_id, subjects, ratings: subjects.map((_, i) => (i % 3 === 0 ? 0 : 1)) };
}
