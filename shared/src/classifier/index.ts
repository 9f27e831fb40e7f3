export { type FlipReport, reportFlips } from './flip-report.ts';
export { decide, defaultGateSettings, type GateDecision, type GateInput, type GateSettings } from './gate.ts';
export { type Metrics, measure } from './metrics.ts';
export { encodeModelFile, type ModelFacts, probe, probeEncoded } from './model-file.ts';
export { tableOf, type TrainingRefusal, train } from './train.ts';
export type { TrainingSet } from './training-set.ts';
