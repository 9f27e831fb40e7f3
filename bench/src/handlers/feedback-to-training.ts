import type { FeedbackMessage } from '@banknote-loop/shared';
import type { Envelope } from '@banknote-loop/testing';
import definition from '../../../functions/feedback-to-training/src/index.ts';
import { envelopeOf } from '../messages.ts';
import type { Stores } from '../stores.ts';
import { classes, columns } from '../table.ts';
import type { HandlerBenchmark } from './benchmark.ts';
import { ratingsOf, storeBatches } from './feedback.ts';
import { openReceiver } from './receiver.ts';

interface Work {
  readonly message: FeedbackMessage;
  readonly envelope: Envelope;
}

const copyRated = `
  insert into training (batch_id, position, ${columns}, class, reviewer, created)
  select batch_id, position, ${columns}, ((prediction = '${classes[1]}') = is_correct)::int, reviewer, rated_at
  from predictions`;

const bareInsert = {
  name: 'bench-copy-rated',
  text: `${copyRated} where batch_id = $1 and subject_id = any ($2::text[])`,
};

const oneRow = { name: 'bench-copy-one', text: `${copyRated} where batch_id = $1 and subject_id = $2` };

export function feedbackToTraining({ db, pool }: Stores): HandlerBenchmark<Work> {
  const receive = openReceiver(definition, { db });
  return {
    name: definition.name,
    async prepare(rows, messages) {
      const time = new Date();
      const stored = (await storeBatches(db, rows, messages)).map(ratingsOf);
      await Promise.all(stored.map(message => db.ratings.apply(message, time)));
      return stored.map(message => ({ message, envelope: envelopeOf(message) }));
    },
    ours: ({ envelope }) => receive(envelope),
    limit: ({ message: { batch_id, subjects } }) =>
      pool.query({ ...bareInsert, values: [batch_id, subjects] }),
    async naive({ message: { batch_id, subjects } }) {
      for (const subject of subjects) await pool.query({ ...oneRow, values: [batch_id, subject] });
    },
  };
}
