export type { Quality, QualityRules } from './quality.ts';
export { watchQuality } from './watch.ts';
