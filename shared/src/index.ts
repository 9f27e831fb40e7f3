export { z } from 'zod';
export { PermanentError, TransientError } from './base/errors.ts';
export { timeOrderedUuid, uuidFromName } from './base/ids.ts';
export type {
  FeedbackMessage,
  ModelMessage,
  PredictionMessage,
  RequestMessage,
} from './contract/messages.ts';
export { topics } from './contract/topics.ts';
export type { DataSet } from './data-set/declaration.ts';
export { defineFunction } from './function/definition.ts';
export { forEachBatch } from './function/each-batch.ts';
export { signIn } from './http/access/sign-in-resource.ts';
export { defineHttp } from './http/definition.ts';
export { cache } from './resources/cache.ts';
export { database } from './resources/database.ts';
export { deadLetters } from './resources/dead-letters.ts';
export { liveModel } from './resources/live-model.ts';
export { messageKeys } from './resources/message-keys.ts';
export { modelStore } from './resources/model-store.ts';
export { queues } from './resources/queues.ts';
export { answerRules, gateRules, predictRules, qualityRules, trainingRules } from './resources/rules.ts';
