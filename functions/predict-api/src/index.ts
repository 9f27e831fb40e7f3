import { cache, database, deadLetters, defineHttp, liveModel, queues, topics } from '@banknote-loop/shared';
import { getBatch, getBatches, patchBatch } from './batches.ts';
import { getDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { getEvents } from './events.ts';
import { readGauges } from './gauges.ts';
import { getJobs, getModels } from './models.ts';
import { pages } from './pages.ts';
import { getPredict, postPredict } from './predict.ts';
import { getQueues } from './queues.ts';
import { getReview } from './review.ts';
import { getSamples } from './samples.ts';

export default defineHttp({
  name: 'predict-api',
  summary: 'Answers what became of the notes, takes corrections, predicts at once, and serves the page.',
  publishes: [topics.feedback, topics.prediction],
  uses: { cache, db: database, models: liveModel, queues, deadLetters },
  needs: { timeoutSeconds: 3_600 },
  routes: [
    ...[getBatches, getBatch, patchBatch, getReview],
    ...[getPredict, postPredict, getSamples],
    ...[getJobs, getModels],
    ...[getEvents, getQueues, getDeadLetters, replayDeadLetter],
    ...pages,
  ],
  ready: ({ db }) => db.ping(),
  gauges: readGauges,
});
