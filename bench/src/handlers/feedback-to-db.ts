import type { FeedbackMessage } from '@banknote-loop/shared';
import { KeyRing } from '@banknote-loop/shared/base';
import { Queues } from '@banknote-loop/shared/monitoring';
import { RatingSignatures } from '@banknote-loop/shared/pubsub';
import type { Envelope } from '@banknote-loop/testing';
import definition from '../../../functions/feedback-to-db/src/index.ts';
import { envelopeOf } from '../messages.ts';
import type { Stores } from '../stores.ts';
import type { HandlerBenchmark } from './benchmark.ts';
import { ratingsOf, storeBatches } from './feedback.ts';
import { openReceiver } from './receiver.ts';

interface Work {
  readonly message: FeedbackMessage;
  readonly envelope: Envelope;
}

const bareUpdate = {
  name: 'bench-rate',
  text: `update predictions p set is_correct = given.rating = 1, rated_at = now(), reviewer = null
    from unnest($2::text[], $3::int[]) as given (subject_id, rating)
    where p.batch_id = $1 and p.subject_id = given.subject_id`,
};

const oneRow = {
  name: 'bench-rate-one',
  text: `update predictions set is_correct = $3::int = 1, rated_at = now() where batch_id = $1 and subject_id = $2`,
};

export function feedbackToDb({ db, pool }: Stores): HandlerBenchmark<Work> {
  const signatures = new RatingSignatures(new KeyRing(undefined));
  const receive = openReceiver(definition, { db, queues: new Queues(undefined), signatures });
  return {
    name: definition.name,
    async prepare(rows, messages) {
      const stored = await storeBatches(db, rows, messages);
      return stored.map(ratingsOf).map(message => ({ message, envelope: envelopeOf(message) }));
    },
    ours: ({ envelope }) => receive(envelope),
    limit: ({ message: { batch_id, subjects, ratings } }) =>
      pool.query({ ...bareUpdate, values: [batch_id, subjects, ratings] }),
    async naive({ message: { batch_id, subjects, ratings } }) {
      for (const [i, subject] of subjects.entries()) {
        await pool.query({ ...oneRow, values: [batch_id, subject, ratings[i]] });
      }
    },
  };
}
