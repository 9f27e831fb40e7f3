import type { z } from 'zod';
import type { DataSet } from '../data-set/declaration.ts';
import { feedbackMessage, modelMessage, predictionMessage, requestMessage } from './messages.ts';

/**
 * A topic of Pub/Sub's, with the schema of its messages. Whoever publishes to it is held to the schema by the
 * types, whoever is triggered by it gets only what fits: the rest goes to `dead-letter`. The names of topics, and of
 * the fields in their messages, are spoken by other programs, too; they may gain optional fields and nothing else.
 */
export interface Topic<Message> {
  readonly name: string;
  /** What features and classes there are, the data set says. */
  schema(dataSet: DataSet): z.ZodType<Message>;
  /** Whether batches that are published at the same moment may travel in one message. */
  readonly joinable?: boolean;
  /** Whether messages take effect that nobody looks at again: where there are keys, only a program of the deployment may say so. */
  readonly signed?: boolean;
}

export const topics = {
  request: { name: 'request', schema: requestMessage, joinable: true },
  prediction: { name: 'prediction', schema: predictionMessage, joinable: true },
  feedback: { name: 'feedback', schema: feedbackMessage },
  training: { name: 'training', schema: feedbackMessage },
  job: { name: 'job', schema: feedbackMessage, signed: true },
  model: { name: 'model', schema: () => modelMessage, signed: true },
} as const satisfies Record<string, Topic<unknown>>;

/** Receives every message that can never be processed and every message that ran out of attempts. */
export const deadLetterTopic = 'dead-letter';
