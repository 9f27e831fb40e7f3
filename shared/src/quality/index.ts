export { wilsonInterval } from '../classifier/wilson.ts';
export { checkQuality, type QualitySettings } from './quality.ts';
