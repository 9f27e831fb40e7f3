import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { accessSettings } from '../../resources/access-settings.ts';
import { openRedis } from '../../resources/redis.ts';
import { defineResource } from '../../resources/resource.ts';
import { AccessControl } from './access-control.ts';
import type { Authenticate, VerifyToken } from './tokens.ts';

/** Who may call an HTTP function, and how often. Only to count requests, and for sessions of the page, does it need Redis. */
export const access = defineResource({
  name: 'access-control',
  settings: accessSettings,
  async open(settings, log) {
    const {
      RATE_LIMIT_PER_MINUTE: perMinute,
      CORS_ORIGINS: origins,
      TRUSTED_PROXIES,
      AUTH_CLIENT_ID,
    } = settings;
    const redis = perMinute || AUTH_CLIENT_ID ? await openRedis(settings, log) : undefined;
    const authenticate = await openAuthenticator(settings, redis);
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

async function openAuthenticator(
  settings: Settings,
  redis: Redis | undefined,
): Promise<Authenticate | undefined> {
  const { AUTH_JWKS_URL, AUTH_AUDIENCE = '', AUTH_CLIENT_ID, AUTH_PAGE_URL } = settings;
  if (!AUTH_JWKS_URL) return undefined;
  const { createAuthenticator } = await import('./tokens.ts');
  const verify = await openVerifier(settings, AUTH_AUDIENCE);
  if (!redis || !AUTH_CLIENT_ID || !AUTH_PAGE_URL) return createAuthenticator(verify, undefined);
  const [{ Sessions }, { sessionReader }, { cookiesOf }] = await Promise.all([
    import('../../redis/sessions.ts'),
    import('./sign-in.ts'),
    import('./cookies.ts'),
  ]);
  const verifyIdToken = await openVerifier(settings, AUTH_CLIENT_ID);
  return createAuthenticator(
    verify,
    sessionReader(new Sessions(redis), cookiesOf(AUTH_PAGE_URL), verifyIdToken),
  );
}

/** Checks the tokens that the issuer makes for somebody: for this service, or for its page. */
export async function openVerifier(
  { AUTH_JWKS_URL: jwksUrl = '', AUTH_ISSUER: issuer = '', AUTH_GRANTS: grants }: Settings,
  audience: string,
): Promise<VerifyToken> {
  const [{ createVerifier }, { rememberTokens }] = await Promise.all([
    import('./tokens.ts'),
    import('./remember-tokens.ts'),
  ]);
  return rememberTokens(await createVerifier({ jwksUrl, issuer, audience, grants }));
}
