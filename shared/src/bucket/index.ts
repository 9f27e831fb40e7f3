export { type BucketAddress, type ModelStore, openModelStore } from './model-store.ts';
