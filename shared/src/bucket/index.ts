export { contentHash } from './content-hash.ts';
export { type BucketAddress, type ModelStore, NameTakenError, openModelStore } from './model-store.ts';
