import type { DataSet } from '@banknote-loop/shared';
import { exportAudit, getAudit } from './audit.ts';
import { getBatch, getBatches, patchBatch, postFeedback } from './batches.ts';
import { getDecisions, postDecision } from './decisions.ts';
import { getEvents } from './events.ts';
import { getExplanation } from './explanation.ts';
import { getJobs } from './jobs.ts';
import { getReviewers, postLabelDecision } from './labels.ts';
import { getModel, getModels, getQuality, postModel } from './models.ts';
import { getDataSet, getReview, getSamples } from './notes.ts';
import { getDeadLetters, getQueues, getTraces, replayDeadLetter } from './operations.ts';
import { pages } from './pages.ts';
import { postExport, postForget } from './people.ts';
import { getPredict, postPredict } from './predict.ts';
import { getReceipt } from './receipt.ts';
import { getReturn, getSession, postSignIn, postSignOut } from './session.ts';

/**
 * Everything that the function answers: notes, predictions, models, the loop itself, and the page. A process makes its
 * routes once; what one of them remembers from request to request it keeps itself.
 */
export const routes = (dataSet: DataSet) => [
  ...[getBatches(), getBatch(dataSet), patchBatch(dataSet), postFeedback(dataSet), getReview(dataSet)],
  ...[getPredict(dataSet), postPredict(dataSet), getSamples(dataSet), getDataSet],
  ...[getReceipt, getExplanation(), getJobs, getModels, getModel, postModel],
  ...[getDecisions, postDecision, getQuality],
  ...[getReviewers, postLabelDecision, getAudit, exportAudit],
  ...[postExport, postForget],
  ...[getSession, postSignIn, getReturn, postSignOut],
  ...[getEvents(), getQueues, getTraces, getDeadLetters, replayDeadLetter],
  ...pages(),
];
