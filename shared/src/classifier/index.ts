export { classificationReport } from './classification-report.ts';
export { type FlipReport, reportFlips } from './flip-report.ts';
export { decide } from './gate/gate.ts';
export {
  type BesideBest,
  defaultGateSettings,
  type GateDecision,
  type GateInput,
  type GateSettings,
} from './gate/input.ts';
export { mostEarlier, repeatsOfBest, type Standing } from './gate/margins.ts';
export { segmentsOf } from './gate/regions.ts';
export { type ClassificationMetrics, measurePredictions } from './metrics.ts';
export { InvalidModelError } from './model-error.ts';
export {
  backgroundOf,
  decodeModelFile,
  encodeModelFile,
  type ModelFacts,
  probe,
  probeEncoded,
} from './model-file.ts';
export {
  answerUnseen,
  decodeOutOfFold,
  encodeOutOfFold,
  type OutOfFold,
  outOfFoldName,
} from './out-of-fold.ts';
export { type TrainingOutcome, type TrainingRefusal, tableOf, train } from './train.ts';
export type { TrainingSet } from './training-set.ts';
