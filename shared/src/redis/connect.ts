import type { Redis } from 'ioredis';
import type { Logger } from '../base/log.ts';

export interface CacheAddress {
  readonly REDISHOST: string;
  readonly REDISPORT: number;
}

/**
 * A connection that heals by itself. A command fails within seconds when the server is away, slow or silent, since
 * the message that it belongs to will come again.
 */
export async function connectRedis({ REDISHOST, REDISPORT }: CacheAddress, log: Logger): Promise<Redis> {
  const { Redis } = await import('../clients/redis.ts');
  const redis = new Redis({
    host: REDISHOST,
    port: REDISPORT,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    // A server that accepts and then says nothing is as good as gone: without this, its connection would be kept.
    socketTimeout: 4_000,
    maxRetriesPerRequest: 1,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2_000),
  });
  // Without a listener, each failed attempt to connect would be written to the console.
  redis.on('error', error => log.warn({ reason: error.message }, 'the connection to Redis failed'));
  return redis;
}
