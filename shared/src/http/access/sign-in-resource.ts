import type { z } from 'zod';
import { signInSettings } from '../../resources/access-settings.ts';
import { openRedis } from '../../resources/redis.ts';
import { defineResource } from '../../resources/resource.ts';
import { openVerifier } from './resource.ts';
import type { SignIn } from './sign-in.ts';

/** Signing in on the page; undefined where that is not set up. */
export const signIn = defineResource({
  name: 'sign-in',
  settings: signInSettings,
  async open(settings, log) {
    const { AUTH_ISSUER: issuer = '', AUTH_AUDIENCE: audience = '' } = settings;
    const { AUTH_CLIENT_ID: clientId, AUTH_PAGE_URL: pageUrl } = settings;
    if (!clientId || !pageUrl) return { client: nowhere, close: async () => {} };
    const [{ SignIn }, { Provider }, { Sessions }, { cookiesOf }, verify, redis] = await Promise.all([
      import('./sign-in.ts'),
      import('./provider.ts'),
      import('../../redis/sessions.ts'),
      import('./cookies.ts'),
      openVerifier(settings, clientId),
      openRedis(settings, log),
    ]);
    const { AUTH_SIGN_IN_PARAMETERS: parameters } = settings;
    const clientSecret = () => readClientSecret(settings);
    const provider = new Provider({ issuer, clientId, audience, clientSecret, pageUrl, parameters });
    const way = new SignIn({
      provider,
      sessions: new Sessions(redis),
      cookies: cookiesOf(pageUrl),
      verify,
      pageUrl,
    });
    const client: SignInClient = { way };
    return { client, close: async () => redis.disconnect() };
  },
});

/** How people sign in, where they do. */
export interface SignInClient {
  readonly way: SignIn | undefined;
}
const nowhere: SignInClient = { way: undefined };

async function readClientSecret(settings: z.output<typeof signInSettings>): Promise<string | undefined> {
  const { AUTH_CLIENT_SECRET, AUTH_CLIENT_SECRET_NAME: name } = settings;
  if (AUTH_CLIENT_SECRET || !name) return AUTH_CLIENT_SECRET;
  const { readSecret } = await import('../../secrets/read-secret.ts');
  return readSecret(name, settings);
}
