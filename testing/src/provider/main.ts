import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { errors, Provider } from 'oidc-provider';
import { z } from 'zod';

// An OpenID Connect provider in a process of its own, since it is published as ES modules only. Whoever signs in says by a
// form who they are, which roles they have, and for how long an ID token of theirs is to be good.

const { port, pageUrl, secret } = z
  .object({ port: z.number(), pageUrl: z.string(), secret: z.string().optional() })
  .parse(JSON.parse(process.argv[2] ?? ''));

interface Person {
  readonly roles: readonly string[];
  readonly seconds: number;
  /** Whether the account is closed as soon as somebody has signed in. */
  readonly leaves: boolean;
}
const people = new Map<string, Person>();
const usualSeconds = 300;

const form = (fields: string, button: string): string =>
  `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><form method="post">${fields}<button>${button}</button></form></html>`;
const loginForm = form(
  '<label>Name <input name="name"></label><label>Roles <input name="roles"></label><label>Seconds <input name="seconds"></label>',
  'Sign in',
);

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key] },
  cookies: { keys: ['only for tests'] },
  clients: [
    {
      client_id: 'the-page',
      redirect_uris: [`${pageUrl}/session/return`],
      post_logout_redirect_uris: [`${pageUrl}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      ...(secret
        ? { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }
        : { token_endpoint_auth_method: 'none' }),
    },
  ],
  claims: { openid: ['sub', 'roles'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: {
      // Its own page asks for fonts from elsewhere.
      logoutSource: (ctx, itsForm) => {
        ctx.body = `${form('', '')}${itsForm}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
      },
    },
  },
  ttl: {
    AccessToken: 60,
    Grant: 3600,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
    IdToken: ctx => people.get(ctx.oidc.account?.accountId ?? '')?.seconds ?? usualSeconds,
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (ctx, accountId) =>
    people.get(accountId)?.leaves && ctx.oidc.entities.RefreshToken
      ? undefined
      : {
          accountId,
          claims: async () => ({
            sub: accountId,
            email: `${accountId}@example.com`,
            email_verified: true,
            roles: people.get(accountId)?.roles ?? [],
          }),
        },
});

const answerOthers = provider.callback();
const server = createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) return void answerOthers(request, response);
  void interact().catch(error => {
    response.statusCode = error instanceof errors.SessionNotFound ? 400 : 500;
    response.end(String(error));
  });

  async function interact(): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html');
      return void response.end(prompt.name === 'login' ? loginForm : form('', 'Agree'));
    }
    const fields = new URLSearchParams(await text(request));
    const result =
      prompt.name === 'login'
        ? { login: { accountId: meet(fields) } }
        : { consent: { grantId: await agree(String(params.client_id), session?.accountId ?? '') } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }
});

function meet(fields: URLSearchParams): string {
  const name = fields.get('name') ?? '';
  const roles = (fields.get('roles') ?? '').split(' ').filter(Boolean);
  const seconds = Number(fields.get('seconds') || usualSeconds);
  people.set(name, { roles, seconds, leaves: fields.get('leaves') === 'yes' });
  return name;
}

async function agree(clientId: string, accountId: string): Promise<string> {
  const grant = new provider.Grant({ clientId, accountId });
  grant.addOIDCScope('openid email profile offline_access');
  return grant.save();
}

server.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
