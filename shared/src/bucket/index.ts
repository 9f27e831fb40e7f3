export { type ModelStore, openModelStore } from './model-store.ts';
