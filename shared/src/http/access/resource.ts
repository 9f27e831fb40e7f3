import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../../base/log.ts';
import { defineResource } from '../../resources/resource.ts';
import { accessSettings } from '../../resources/settings.ts';
import { AccessControl } from './access-control.ts';
import type { Authenticate } from './tokens.ts';

/** Who may call an HTTP function, and how often. Only to count requests does it need Redis. */
export const access = defineResource({
  name: 'access-control',
  settings: accessSettings,
  async open(settings, log) {
    const { RATE_LIMIT_PER_MINUTE: perMinute, CORS_ORIGINS: origins, TRUSTED_PROXIES } = settings;
    const [authenticate, redis] = await Promise.all([
      openAuthenticator(settings),
      perMinute ? openCounter(settings, log) : undefined,
    ]);
    const { countRequest } = await import('../../redis/rate-limit.ts');
    return {
      client: new AccessControl(
        {
          authenticate,
          countRequest:
            redis && perMinute ? (principal: string) => countRequest(redis, principal, perMinute) : undefined,
          origins,
          trustedProxies: TRUSTED_PROXIES,
        },
        log,
      ),
      close: async () => redis?.disconnect(),
    };
  },
});

type Settings = z.output<typeof accessSettings>;

async function openAuthenticator({
  AUTH_JWKS_URL: jwksUrl,
  AUTH_ISSUER: issuer = '',
  AUTH_AUDIENCE: audience = '',
  AUTH_GRANTS: grants,
}: Settings): Promise<Authenticate | undefined> {
  if (!jwksUrl) return undefined;
  const { createAuthenticator } = await import('./tokens.ts');
  return createAuthenticator({ jwksUrl, issuer, audience, grants });
}

async function openCounter(settings: Settings, log: Logger): Promise<Redis> {
  const { openRedis } = await import('../../resources/redis.ts');
  return openRedis({ ...settings, REDISHOST: settings.REDISHOST ?? '' }, log);
}
