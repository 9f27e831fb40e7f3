export { type AnswerSettings, answerRows } from './answer.ts';
export { categoriesOf, compareModels } from './compare.ts';
export { type Announce, announceLastDecision, decideManually, decideUnderLock } from './decide.ts';
export { type Explainer, type Explanation, explainPrediction, whyUnexplained } from './explain.ts';
export { readForeignModel } from './foreign-model.ts';
export { type LiveModel, LiveModelKeeper } from './live-model.ts';
export {
  findRecorded,
  type LoadedModel,
  loadClassifier,
  loadRecorded,
  type ModelRecords,
  requireLoadable,
  requireOwnDecision,
  requirePast,
} from './load.ts';
export { findNearestChange } from './nearest-change.ts';
export { type Plane, planeOfAll, planeOfFeatures } from './plane.ts';
export { regionsOf } from './regions.ts';
export { isCandidate, refuseRolledBack, submitModel } from './submit-model.ts';
