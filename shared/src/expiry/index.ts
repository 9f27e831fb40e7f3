export { describeGone, expire, type Gone } from './expire.ts';
export { type KeepSettings, keepSettings, keepsForEver } from './settings.ts';
