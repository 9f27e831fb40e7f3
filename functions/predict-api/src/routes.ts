import type { DataSet } from '@banknote-loop/shared';
import { exportAudit, getAudit } from './audit.ts';
import { getBatch, getBatches, patchBatch, postFeedback } from './batches.ts';
import { getComparison } from './comparison.ts';
import { getDay } from './day.ts';
import { getDecisions, postDecision } from './decisions.ts';
import { getEvents } from './events.ts';
import { getExplanation } from './explanation.ts';
import { getJobs } from './jobs.ts';
import { getReviewers, postLabelDecision } from './labels.ts';
import { getMap } from './map.ts';
import { getModel, getModels, getQuality, getTrends, postModel } from './models.ts';
import { getDataSet, getSamples } from './notes.ts';
import { getDeadLetters, getQueues, getTraces, replayDeadLetter, replayDeadLetters } from './operations.ts';
import { pages } from './pages.ts';
import { postExport, postForget } from './people.ts';
import { getPredict, postPredict } from './predict.ts';
import { getReceipt } from './receipt.ts';
import { getReview, postReviewLeases } from './review.ts';
import { getLeave, getReturn, getSession, postSignIn, postSignOut } from './session.ts';
import { rememberModels } from './stored-models.ts';

/**
 * Everything that the function answers: notes, predictions, models, the loop itself, and the page. A process makes its
 * routes once; what one of them remembers from request to request it keeps itself.
 */
export const routes = (dataSet: DataSet) => {
  const modelCalled = rememberModels();
  return [
    ...[getBatches(), getBatch(dataSet), patchBatch(dataSet), postFeedback(dataSet)],
    ...[getReview(dataSet), postReviewLeases(dataSet)],
    ...[getPredict(dataSet), postPredict(dataSet), getSamples(dataSet), getDataSet],
    ...[getReceipt, getExplanation(modelCalled), getJobs, getModels, getModel, postModel],
    ...[getComparison(modelCalled), getMap(modelCalled)],
    ...[getDecisions, postDecision, getQuality, getTrends],
    ...[getReviewers, postLabelDecision, getAudit, exportAudit],
    ...[postExport, postForget],
    ...[getSession, postSignIn, getReturn, postSignOut, getLeave],
    ...[getDay, getEvents(), getQueues, getTraces, getDeadLetters, replayDeadLetter, replayDeadLetters],
    ...pages(),
  ];
};
