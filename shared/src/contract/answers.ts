import { z } from 'zod';
import { labels } from './classes.ts';
import { ratingsBody } from './messages.ts';
import { batchId, features, subject } from './notes.ts';
import { time } from './time.ts';

// What the two APIs answer: the docs are made from these, and the page takes its types from them.

const label = z.enum(labels);
const probability = z.number().min(0).max(1);

export const problem = z.object({
  status_text: z.string(),
  message: z.string(),
  field: z.string().optional(),
});

export const acceptedNotes = z.object({
  batch_id: batchId,
  subjects: z.array(subject),
  /** Where the result will be. */
  result: z.string(),
});

export const acceptedRatings = ratingsBody.safeExtend({ batch_id: batchId });

const batchSummary = z.object({
  batch_id: batchId,
  subjects: z.array(z.string()),
  predictions: z.array(label),
  created: time,
});
export type BatchSummaryAnswer = z.infer<typeof batchSummary>;

/** Whether an answer came from Redis or, Redis being away or too short for it, from Postgres. */
const source = z.enum(['cache', 'database']);

export const batchSummaries = z.array(batchSummary);

export const batchPage = z.object({
  batches: batchSummaries,
  source,
  /** What to ask for as `cursor` to see older ones; null at the end. */
  next: z.string().nullable(),
});

const note = z.object({
  subject: z.string(),
  variance: z.number(),
  skewness: z.number(),
  curtosis: z.number(),
  entropy: z.number(),
  prediction: label,
  /** The probability of `real`. */
  score: probability.nullable(),
  model_file_name: z.string().nullable(),
  rating: z.union([z.literal(0), z.literal(1)]).nullable(),
  reviewer: z.string().nullable(),
  created: time,
});
export type NoteAnswer = z.infer<typeof note>;

export const batchAnswer = z.object({ batch_id: batchId, notes: z.array(note) });
export type BatchAnswer = z.infer<typeof batchAnswer>;

export const reviewAnswer = z.object({ notes: z.array(note.extend({ batch_id: batchId })) });
export type ReviewNote = z.infer<typeof reviewAnswer>['notes'][number];

const prediction = z.object({
  subject: z.string(),
  label,
  /** How probable the label is, by the model. */
  probability,
  /** The probability of `real`. */
  score: probability,
});
export const predictionAnswer = z.object({
  batch_id: batchId,
  model_file_name: z.string(),
  predictions: z.array(prediction),
});

export const samplesAnswer = z.object({ samples: z.array(z.object({ features, label })) });
export type Sample = z.infer<typeof samplesAnswer>['samples'][number];

const deadLetter = z.object({
  id: z.string(),
  function: z.string(),
  topic: z.string().nullable(),
  reason: z.string(),
  field: z.string().nullable(),
  attempts: z.number(),
  arrived: time,
});
export type DeadLetterAnswer = z.infer<typeof deadLetter>;
export const deadLettersAnswer = z.object({ dead_letters: z.array(deadLetter) });
export const replayedAnswer = z.object({ replayed: z.array(z.string()) });

const queue = z.object({
  /** The function that the messages wait for, or `dead-letter`. */
  name: z.string(),
  waiting: z.number(),
  oldest_seconds: z.number().nullable(),
  /** Messages done in a second, lately. */
  rate: z.number().nullable(),
  /** How long a message was being worked on, on average, lately. */
  ack_ms: z.number().nullable(),
});
export type QueueAnswer = z.infer<typeof queue>;
export const queuesAnswer = z.object({ queues: z.array(queue) });
