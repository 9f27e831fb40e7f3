export {
  acceptedNotes,
  acceptedRatings,
  type BatchAnswer,
  type BatchSummaryAnswer,
  batchAnswer,
  batchPage,
  type DeadLetterAnswer,
  dataSetAnswer,
  deadLettersAnswer,
  explanationAnswer,
  type LeaseAnswer,
  leaseAnswer,
  leaseBody,
  type NoteAnswer,
  type PredictionAnswer,
  predictionAnswer,
  type QueueAnswer,
  queuesAnswer,
  type ReviewNote,
  type ReviewOrder,
  replayBody,
  replayedAnswer,
  replayedCount,
  reviewAnswer,
  reviewOrder,
  type SampleItem,
  samplesAnswer,
} from './answers.ts';
export { type AnswerTo, answersByPath } from './api.ts';
export {
  type AuditAction,
  type AuditRecord,
  auditExportQuery,
  auditPage,
  auditQuery,
} from './audit.ts';
export { messageBounds, mostNotes } from './bounds.ts';
export { classNames, classOf, otherClass } from './classes.ts';
export { type DayAnswer, dayAnswer, type TrendPoints } from './day-answers.ts';
export { type DecisionRequest, decisionBody, modelPath } from './decisions.ts';
export { ackDeadlineSeconds, deliveryPolicy, functionOf } from './delivery.ts';
export { type BatchMessage, separateBatches } from './joined-batches.ts';
export { type MapAnswer, type MapRegionsAnswer, type MapState, mapAnswer, mapStates } from './map-answers.ts';
export {
  type FeedbackMessage,
  type ModelMessage,
  modelMessage,
  notesBody,
  type PredictionMessage,
  type RequestMessage,
  ratingsBody,
  requestMessage,
} from './messages.ts';
export {
  acceptedModel,
  announcedDecision,
  comparisonAnswer,
  type DecisionAnswer,
  type DriftBin,
  decisionsAnswer,
  type FeatureDrift,
  type JobsAnswer,
  jobsAnswer,
  labelDecisionBody,
  type ModelAnswer,
  modelAnswer,
  modelsAnswer,
  type QualityAnswer,
  qualityAnswer,
  type Receipt,
  type ReviewerAnswer,
  receiptAnswer,
  reviewersAnswer,
  type TrendsAnswer,
  trendsAnswer,
} from './model-answers.ts';
export { batchId, batchPath, featureValue, row, subject } from './notes.ts';
export {
  exportPersonBody,
  type Forgotten,
  forgetPersonAnswer,
  forgetPersonBody,
  type PersonExport,
  personExport,
} from './people.ts';
export { type ModelScore, type Report, report } from './report.ts';
export { roles, type Scope, scopes } from './roles.ts';
export {
  beginSignInBody,
  nextAddress,
  type SessionAnswer,
  sessionAnswer,
} from './session.ts';
export { type RecordedSpan, type TracesAnswer, tracesAnswer, tracesQuery } from './spans.ts';
export { deadLetterTopic, type Topic, topics } from './topics.ts';
