import type { ConnectionOptions } from 'node:tls';
import type { Redis } from 'ioredis';
import { describe } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

export interface CacheAddress {
  readonly REDISHOST: string;
  readonly REDISPORT: number;
}

export interface CacheAccess {
  /** Read once, and again when the server refuses what was read: then another has been set. */
  readonly readPassword?: (() => Promise<string | undefined>) | undefined;
  readonly tls?: ConnectionOptions | undefined;
}

/**
 * A connection that heals by itself. A command fails within seconds when the server is away, slow or silent, since
 * the message that it belongs to will come again.
 */
export async function connectRedis(
  { REDISHOST, REDISPORT }: CacheAddress,
  log: Logger,
  { readPassword = async () => undefined, tls }: CacheAccess = {},
): Promise<Redis> {
  const { Redis } = await import('../clients/redis.ts');
  const password = await readPassword();
  const redis = new Redis({
    host: REDISHOST,
    port: REDISPORT,
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    // A server that accepts and then says nothing is as good as gone: without this, its connection would be kept.
    socketTimeout: 4_000,
    maxRetriesPerRequest: 1,
    // It waits for so long at the end even where there is no connection any more, and the process with it.
    disconnectTimeout: 200,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2_000),
  });
  const renewPassword = async (): Promise<void> => {
    const renewed = await readPassword();
    if (renewed !== undefined) redis.options.password = renewed;
  };
  // Without a listener, each failed attempt to connect would be written to the console.
  redis.on('error', error => {
    log.warn({ reason: error.message }, 'the connection to Redis failed');
    if (!isRefusal.test(error.message)) return;
    renewPassword().catch(cause =>
      log.warn({ reason: describe(cause) }, 'the password of Redis could not be read'),
    );
  });
  return redis;
}

/** Redis' words for a wrong password, and for none. */
const isRefusal = /^(WRONGPASS|NOAUTH)/;
