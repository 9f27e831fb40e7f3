export { type AnswerSettings, answerRows } from './answer.ts';
export { type Announce, announceLastDecision, decideManually, decideUnderLock } from './decide.ts';
export { type LiveModel, LiveModelKeeper } from './live-model.ts';
export { type LoadedModel, loadClassifier, requireLoadable } from './load.ts';
