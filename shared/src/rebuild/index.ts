export { findDifferences, rebuildCache } from './rebuild-cache.ts';
