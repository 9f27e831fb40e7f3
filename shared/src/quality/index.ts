export { checkQuality, type Quality, type QualitySettings } from './quality.ts';
