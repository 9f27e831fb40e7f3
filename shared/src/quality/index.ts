export { wilsonInterval } from '../classifier/wilson.ts';
export { checkQuality, type Quality, type QualitySettings } from './quality.ts';
