export { classificationReport } from './classification-report.ts';
export { type FlipReport, reportFlips } from './flip-report.ts';
export { decide, defaultGateSettings, type GateDecision, type GateInput, type GateSettings } from './gate.ts';
export { type Metrics, measure } from './metrics.ts';
export { InvalidModelError } from './model-error.ts';
export { decodeModelFile, encodeModelFile, type ModelFacts, probe, probeEncoded } from './model-file.ts';
export { type TrainingRefusal, tableOf, train } from './train.ts';
export type { TrainingSet } from './training-set.ts';
