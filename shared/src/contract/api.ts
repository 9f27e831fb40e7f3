import type { z } from 'zod';
import {
  type BatchAnswer,
  batchPage,
  dataSetAnswer,
  deadLettersAnswer,
  type explanationAnswer,
  queuesAnswer,
  type reviewAnswer,
  type samplesAnswer,
} from './answers.ts';
import { auditPage } from './audit.ts';
import { dayAnswer } from './day-answers.ts';
import { mapAnswer } from './map-answers.ts';
import {
  type comparisonAnswer,
  decisionsAnswer,
  jobsAnswer,
  modelsAnswer,
  qualityAnswer,
  type receiptAnswer,
  reviewersAnswer,
  trendsAnswer,
} from './model-answers.ts';
import { sessionAnswer } from './session.ts';
import { tracesAnswer } from './spans.ts';

/** What `predict-api` answers to GET whatever the data set, by path. */
export const answersByPath = {
  '/audit': auditPage,
  '/batches': batchPage,
  '/data-set': dataSetAnswer,
  '/day': dayAnswer,
  '/dead-letters': deadLettersAnswer,
  '/decisions': decisionsAnswer,
  '/jobs': jobsAnswer,
  '/map': mapAnswer,
  '/models': modelsAnswer,
  '/quality': qualityAnswer,
  '/queues': queuesAnswer,
  '/reviewers': reviewersAnswer,
  '/session': sessionAnswer,
  '/traces': tracesAnswer,
  '/trends': trendsAnswer,
} as const;

/** What depends on its features and classes. */
interface AnswersOfDataSet {
  readonly '/review': ReturnType<typeof reviewAnswer>;
  readonly '/samples': ReturnType<typeof samplesAnswer>;
}

type Answers = typeof answersByPath & AnswersOfDataSet;

/** The answer to GET on an address, its query included. */
export type AnswerTo<Address extends string> = Address extends `${infer Path}?${string}`
  ? AnswerTo<Path>
  : Address extends keyof Answers
    ? z.output<Answers[Address]>
    : Address extends `/batches/${string}/receipt`
      ? z.output<typeof receiptAnswer>
      : Address extends `/batches/${string}/explanation`
        ? z.output<typeof explanationAnswer>
        : Address extends `/models/${string}/comparison`
          ? z.output<typeof comparisonAnswer>
          : Address extends `/batches/${string}`
            ? BatchAnswer
            : never;
