export { Cache } from './cache.ts';
export { connectRedis } from './connect.ts';
export { batchEntry } from './entries.ts';
export { Sessions } from './sessions.ts';
