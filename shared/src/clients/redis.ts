// Needed by functions that use the cache, and by HTTP functions only where they count requests (`RATE_LIMIT_PER_MINUTE`).
export { Redis } from 'ioredis';
