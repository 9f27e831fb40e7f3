import {
  cache,
  database,
  deadLetters,
  defineHttp,
  liveModel,
  qualityRules,
  queues,
  topics,
} from '@banknote-loop/shared';
import { getBatch, getBatches, patchBatch } from './batches.ts';
import { getDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { getDecisions, postDecision } from './decisions.ts';
import { getEvents } from './events.ts';
import { readGauges } from './gauges.ts';
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

export default defineHttp({
  name: 'predict-api',
  summary: 'Answers what became of the notes, takes corrections, predicts at once, and serves the page.',
  publishes: [topics.feedback, topics.prediction, topics.model],
  uses: { cache, db: database, models: liveModel, queues, deadLetters, quality: qualityRules },
  needs: { timeoutSeconds: 3_600 },
  routes: [
    ...[getBatches, getBatch, patchBatch, getReview],
    ...[getPredict, postPredict, getSamples],
    ...[getReceipt, getJobs, getModels, getModel, getDecisions, postDecision, getQuality],
    ...[getEvents, getQueues, getTraces, getDeadLetters, replayDeadLetter],
    ...pages,
  ],
  ready: ({ db }) => db.ping(),
  gauges: readGauges,
});
