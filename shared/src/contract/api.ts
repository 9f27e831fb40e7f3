import type { z } from 'zod';
import {
  type BatchAnswer,
  batchPage,
  deadLettersAnswer,
  queuesAnswer,
  reviewAnswer,
  samplesAnswer,
} from './answers.ts';
import {
  decisionsAnswer,
  jobsAnswer,
  modelsAnswer,
  qualityAnswer,
  type receiptAnswer,
} from './model-answers.ts';
import { tracesAnswer } from './spans.ts';

/** What `predict-api` answers to GET, by path: what its routes are held to, and what the page reads. */
export const answersByPath = {
  '/batches': batchPage,
  '/dead-letters': deadLettersAnswer,
  '/decisions': decisionsAnswer,
  '/jobs': jobsAnswer,
  '/models': modelsAnswer,
  '/quality': qualityAnswer,
  '/queues': queuesAnswer,
  '/review': reviewAnswer,
  '/samples': samplesAnswer,
  '/traces': tracesAnswer,
} as const;

type Answers = typeof answersByPath;

/** The answer to GET on an address, its query included. */
export type AnswerTo<Address extends string> = Address extends `${infer Path}?${string}`
  ? AnswerTo<Path>
  : Address extends keyof Answers
    ? z.output<Answers[Address]>
    : Address extends `/batches/${string}/receipt`
      ? z.output<typeof receiptAnswer>
      : Address extends `/batches/${string}`
        ? BatchAnswer
        : never;
