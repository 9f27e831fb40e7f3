export { expire, type Gone } from './expire.ts';
export { keepSettings } from './settings.ts';
