import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PredictionMessage, type RequestMessage, timeOrderedUuid } from '@banknote-loop/shared';
import { type Envelope, envelopes } from '@banknote-loop/testing';

type Features = RequestMessage['features'][number];

const file = join(import.meta.dirname, '../../bank_data.csv');

const notes: readonly Features[] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map(line => {
    const [variance = 0, skewness = 0, curtosis = 0, entropy = 0] = line.split(',').map(Number);
    return [variance, skewness, curtosis, entropy];
  });

/** A batch of notes from the bank's data. */
export function request(rows: number): RequestMessage {
  const first = Math.floor(Math.random() * notes.length);
  const pick = (i: number): Features => notes[(first + i) % notes.length] ?? [0, 0, 0, 0];
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
    output: scores.map(score => (score >= 0.5 ? 'real' : 'fake')),
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
