import { randomUUID } from 'node:crypto';
import { type PredictionMessage, type RequestMessage, timeOrderedUuid } from '@banknote-loop/shared';
import { type Envelope, envelopes } from '@banknote-loop/testing';
import { classes, readItems } from './table.ts';

type Features = RequestMessage['features'][number];

const notes: readonly Features[] = readItems();

/** A batch of notes from the bank's data. */
export function request(rows: number): RequestMessage {
  const first = Math.floor(Math.random() * notes.length);
  const pick = (i: number): Features => notes[(first + i) % notes.length] ?? [];
  return {
    batch_id: timeOrderedUuid(),
    subjects: Array.from({ length: rows }, (_, i) => `note-${i}`),
    features: Array.from({ length: rows }, (_, i) => pick(i)),
  };
}

/** The same batch as it is when it has been predicted. */
export function prediction(rows: number): PredictionMessage {
  const { batch_id, subjects, features } = request(rows);
  const scores = features.map(() => Math.random());
  return {
    batch_id,
    subjects,
    input: features,
    output: scores.map(score => classes[score >= 0.5 ? 1 : 0]),
    scores,
    model_file_name: 'model-20250101T000000000Z-0123456789ab.json',
  };
}

/** What a function receives when the message is delivered to it. */
export function envelopeOf(message: unknown): Envelope {
  return envelopes.eventarc({
    data: Buffer.from(JSON.stringify(message)),
    attributes: {},
    messageId: randomUUID(),
    publishTime: new Date(),
    deliveryAttempt: 1,
  });
}
