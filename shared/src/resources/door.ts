import { Door } from '../http/door.ts';
import { cacheSettings, doorSettings } from '../settings.ts';
import { defineResource } from './resource.ts';

/** Who may call an HTTP function, and how often. */
export const door = defineResource({
  name: 'cache',
  settings: doorSettings.safeExtend(cacheSettings.shape),
  async open(settings, log) {
    const [{ createAuthenticator }, { connectRedis }, { takeTurnOf }] = await Promise.all([
      import('../http/tokens.ts'),
      import('../redis/connect.ts'),
      import('../redis/rate-limit.ts'),
    ]);
    const { AUTH_JWKS_URL, AUTH_ISSUER = '', AUTH_AUDIENCE = '', AUTH_GRANTS, CORS_ORIGINS } = settings;
    const { RATE_LIMIT_PER_MINUTE: perMinute } = settings;
    const tokens = { jwksUrl: AUTH_JWKS_URL ?? '', issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE };
    const redis = perMinute ? await connectRedis(settings, log) : undefined;
    const rules = {
      authenticate: AUTH_JWKS_URL ? await createAuthenticator({ ...tokens, grants: AUTH_GRANTS }) : undefined,
      countTurn:
        redis && perMinute ? (principal: string) => takeTurnOf(redis, principal, perMinute) : undefined,
      origins: CORS_ORIGINS,
    };
    return { client: new Door(rules, log), close: async () => redis?.disconnect() };
  },
});
