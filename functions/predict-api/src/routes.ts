import { getBatch, getBatches, patchBatch } from './batches.ts';
import { getDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { getDecisions, postDecision } from './decisions.ts';
import { getEvents } from './events.ts';
import { getJobs } from './jobs.ts';
import { getModel, getModels } from './models.ts';
import { pages } from './pages.ts';
import { getPredict, postPredict } from './predict.ts';
import { getQuality } from './quality.ts';
import { getQueues } from './queues.ts';
import { getReceipt } from './receipt.ts';
import { getReview } from './review.ts';
import { getSamples } from './samples.ts';
import { getTraces } from './traces.ts';

/** Everything that the function answers: notes, predictions, models, the loop itself, and the page. */
export const routes = [
  ...[getBatches, getBatch, patchBatch, getReview],
  ...[getPredict, postPredict, getSamples],
  ...[getReceipt, getJobs, getModels, getModel, getDecisions, postDecision, getQuality],
  ...[getEvents, getQueues, getTraces, getDeadLetters, replayDeadLetter],
  ...pages,
];
