export { contentHash } from './model-keys.ts';
export { type BucketAddress, type ModelStore, NameTakenError, openModelStore } from './model-store.ts';
