import { z } from 'zod';
import { count, text, words } from './read-settings.ts';
import { databaseSettings, redisSettings } from './settings.ts';

// Who may call the HTTP functions, and how people sign in.

const tokens = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
const onPage = ['AUTH_CLIENT_ID', 'AUTH_PAGE_URL'] as const;

const loopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** An origin whose answers nobody on the way can read or change: cookies and codes pass through it. */
function isSafeOrigin(address: string): boolean {
  const { protocol = '', hostname = '', origin = '', href = '' } = URL.parse(address) ?? {};
  return (
    href === `${origin}/` && (protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname)))
  );
}

/** Who may call the HTTP functions, and how often. Left out, everybody may, and never from pages of other origins. */
export const accessSettings = z
  .object({
    /** Where the issuer of tokens publishes its keys; with it, every call needs a token. */
    AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUTH_ISSUER: text.optional(),
    AUTH_AUDIENCE: text.optional(),
    /** Scopes and roles for callers whose tokens have none, as those of service accounts: `caller=scope role; caller=scope`. */
    AUTH_GRANTS: z
      .string()
      .regex(/^\s*([^=;]+=[^=;]+(;|$)\s*)*$/, 'write caller=scope scope; caller=scope')
      .default('')
      .transform(readGrants),
    /** What the issuer calls the page, where people sign in on it; the issuer is then an OpenID Connect provider. */
    AUTH_CLIENT_ID: text.optional(),
    /** Where people open the page, such as https://notes.example.com; the provider sends them back to /session/return of it. */
    AUTH_PAGE_URL: text
      .refine(isSafeOrigin, 'write https://HOST, without a path; http only on this machine')
      .transform(address => new URL(address).origin)
      .optional(),
    /** Origins whose pages may call, apart from our own; `*` stands for all. */
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform(list => new Set(words(list))),
    /** So many addresses at the end of `X-Forwarded-For` were written by proxies of ours; the rest is the caller's own word. */
    TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(1),
    /** So many requests of one caller are answered in a minute; without it, all. */
    RATE_LIMIT_PER_MINUTE: count.optional(),
    /** Where they are counted, and where it is kept who is signed in. */
    REDISHOST: text.optional(),
    ...redisSettings.shape,
  })
  .superRefine((settings, context) => {
    // Half of a sign-in would be none, and all doors open.
    const signsInOnPage = onPage.some(name => settings[name] !== undefined);
    const wantsTokens =
      signsInOnPage || tokens.some(name => settings[name] !== undefined) || settings.AUTH_GRANTS.size > 0;
    const needed = [
      ...(wantsTokens ? tokens : []),
      ...(signsInOnPage ? onPage : []),
      ...(settings.RATE_LIMIT_PER_MINUTE || signsInOnPage ? (['REDISHOST'] as const) : []),
    ];
    for (const name of needed) {
      if (!settings[name]) context.addIssue({ code: 'custom', path: [name], message: 'needed' });
    }
  });

/** What belongs to a sign-in itself, and cannot be set besides. */
const ownParameters: ReadonlySet<string> = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'request', 'request_uri'],
]);

/** How people sign in on the page. */
export const signInSettings = z
  .object({
    ...accessSettings.shape,
    PROJECT_ID: text,
    /** What the page proves itself with to the provider; a provider that takes public clients asks for none. */
    AUTH_CLIENT_SECRET: text.optional(),
    /** The secret that holds it instead, as in the cloud. */
    AUTH_CLIENT_SECRET_NAME: text.optional(),
    /** What the provider is told besides, as `access_type=offline&prompt=consent`, which Google needs for a long session. */
    AUTH_SIGN_IN_PARAMETERS: z
      .string()
      .transform(query => Object.fromEntries(new URLSearchParams(query)))
      .refine(
        given => !Object.keys(given).some(name => ownParameters.has(name)),
        'one of these is not for you to set',
      )
      .default({}),
    SECRET_MANAGER_EMULATOR_HOST: databaseSettings.shape.SECRET_MANAGER_EMULATOR_HOST,
  })
  .superRefine((settings, context) => {
    const { AUTH_CLIENT_SECRET, AUTH_CLIENT_SECRET_NAME, AUTH_CLIENT_ID } = settings;
    if ((AUTH_CLIENT_SECRET || AUTH_CLIENT_SECRET_NAME) && !AUTH_CLIENT_ID) {
      context.addIssue({ code: 'custom', path: ['AUTH_CLIENT_ID'], message: 'needed' });
    }
  });

function readGrants(list: string): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = list.split(';').filter(entry => entry.includes('='));
  return new Map(
    entries.map(entry => {
      const [caller = '', granted = ''] = entry.split('=');
      return [grantee(caller.trim()), new Set(words(granted))];
    }),
  );
}

/** A name with an @ is an address, any other a subject, unless `email:` or `sub:` says which. */
function grantee(name: string): string {
  if (/^(sub|email):/.test(name)) return name.startsWith('email:') ? name.toLowerCase() : name;
  return name.includes('@') ? `email:${name.toLowerCase()}` : `sub:${name}`;
}
