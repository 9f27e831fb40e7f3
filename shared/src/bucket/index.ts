export { contentHash } from './model-keys.ts';
export { type BucketAddress, type ModelStore, openModelStore } from './model-store.ts';
