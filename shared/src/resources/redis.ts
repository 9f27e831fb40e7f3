import type { Redis } from 'ioredis';
import type { Logger } from '../base/log.ts';
import type { RedisSettings } from './settings.ts';

/** Connects as the settings say: with a password, or none, and secured, or not. */
export async function openRedis(
  settings: RedisSettings & { readonly REDISHOST?: string | undefined },
  log: Logger,
): Promise<Redis> {
  const [{ connectRedis }, { readSecret }, { readTls }] = await Promise.all([
    import('../redis/connect.ts'),
    import('../secrets/read-secret.ts'),
    import('./encryption.ts'),
  ]);
  const { REDISHOST: host = '', REDIS_TLS: mode, REDIS_CACERT: file, REDIS_CA_SECRET } = settings;
  const { REDIS_PASSWORD: password, REDIS_SECRET: secret } = settings;
  const readPassword = secret ? () => readSecret(secret, settings) : async () => password;
  const tls = await readTls({ mode, host, file, secret: REDIS_CA_SECRET }, settings);
  return connectRedis({ REDISHOST: host, REDISPORT: settings.REDISPORT }, log, { readPassword, tls });
}
