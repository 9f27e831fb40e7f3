import { z } from '@banknote-loop/shared';
import {
  scopes as allScopes,
  beginSignInBody,
  nextAddress,
  roles,
  type Scope,
  type SessionAnswer,
  sessionAnswer,
} from '@banknote-loop/shared/contract';
import {
  type Caller,
  HttpError,
  type MediaReply,
  route,
  type SignInClient,
} from '@banknote-loop/shared/http';
import type { Context } from './context.ts';

// Signing in on the page, with the provider that the settings name: docs/decisions/0009-sessions-not-tokens.md.

type Signing = Pick<Context, 'signIn' | 'headers' | 'db' | 'caller'>;

export const getSession = route({
  method: 'GET',
  path: '/session',
  summary:
    'Who you are, and what you may do. A session of the page goes on by asking, where its time is over.',
  scope: 'anyone',
  answer: sessionAnswer,

  async handle(_input, { signIn, caller, headers }: Omit<Signing, 'db'>) {
    const renewed = caller.verified ? undefined : await signIn.way?.renew(headers);
    return { body: describeCaller(renewed ?? caller, signIn) };
  },
});

function describeCaller(
  { principal, verified, scopes, roles: held = [], expires }: Omit<Caller, 'address'>,
  { way }: SignInClient,
): SessionAnswer {
  const isOpen = !verified && scopes.size > 0;
  return {
    sign_in: isOpen ? 'none' : way ? 'page' : 'token',
    principal: verified ? principal : null,
    roles: [...held],
    scopes: allScopes.filter(scope => scopes.has(scope)),
    lacking: allScopes.filter(scope => !scopes.has(scope)).map(scope => ({ scope, roles: rolesWith(scope) })),
    expires: expires?.toISOString() ?? null,
  };
}

/** Of these the first has the least rights. */
function rolesWith(scope: Scope): string[] {
  return Object.entries(roles).flatMap(([role, given]) => (given.includes(scope) ? [role] : []));
}

export const postSignIn = route({
  method: 'POST',
  path: '/session/begin',
  summary: 'Begins to sign somebody in on the page: where the browser goes next.',
  scope: 'open',
  body: beginSignInBody,
  answer: nextAddress,

  async handle({ body: { view } }, { signIn, headers }: Signing) {
    const { address, cookie } = await wayOf(signIn).begin(headers, view);
    return { headers: { 'set-cookie': cookie }, body: { address } };
  },
});

/** Whoever comes next must not be sent where this one was. */
const forThisOne = { 'cache-control': 'no-store' };

export const getReturn = route({
  method: 'GET',
  path: '/session/return',
  summary: 'Where the provider sends somebody back to, who is signed in from then on.',
  scope: 'open',
  query: z.record(z.string(), z.string()),
  answer: 'text/html',

  async handle({ query }, { signIn, headers, db, caller: { address } }: Signing): Promise<MediaReply> {
    const way = wayOf(signIn);
    try {
      const { view, principal, cookies } = await way.complete(headers, query);
      await db.audit.record({ who: principal, address, action: 'sign-in' });
      const sent = { 'set-cookie': cookies, location: `/#/${view}` };
      return { status: 303, headers: { ...forThisOne, ...sent }, content: '' };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      await db.audit.record({
        who: address,
        address,
        action: 'refusal',
        target: `${error.status} GET /session/return`,
      });
      return {
        status: error.status,
        headers: {
          ...forThisOne,
          'content-type': 'text/html; charset=utf-8',
          'set-cookie': way.forgetAttempt(),
        },
        content: pageSaying(error.message),
      };
    }
  },
});

/** People come here by a link, and not by a script that could show them the words. */
function pageSaying(message: string): string {
  const safe = message.replaceAll(/[&<>"']/g, sign => `&#${sign.codePointAt(0)};`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not signed in</title><h1>Not signed in</h1><p>${safe}</p><p><a href="/">Back to the page</a></p></html>
`;
}

export const postSignOut = route({
  method: 'POST',
  path: '/session/end',
  summary: 'Signs out on the page, at once; and where to go to be signed out at the provider, too.',
  scope: 'open',
  answer: nextAddress,

  async handle(_input, { signIn, headers, db, caller: { address } }: Signing) {
    const { address: next = null, principal, cookies } = await wayOf(signIn).end(headers);
    if (principal !== undefined) await db.audit.record({ who: principal, address, action: 'sign-out' });
    return { headers: { 'set-cookie': cookies }, body: { address: next } };
  },
});

export const getLeave = route({
  method: 'GET',
  path: '/session/leave',
  summary: 'Sends somebody who has just signed out here on to the provider, to be signed out there, too.',
  scope: 'open',
  answer: 'text/html',

  async handle(_input, { signIn, headers }: Pick<Signing, 'signIn' | 'headers'>): Promise<MediaReply> {
    const way = wayOf(signIn);
    const location = await way.leave(headers);
    const sent = { 'set-cookie': way.forgetAttempt(), location };
    return { status: 303, headers: { ...forThisOne, ...sent }, content: '' };
  },
});

function wayOf({ way }: SignInClient) {
  if (!way) throw new HttpError(404, 'Nobody signs in on this page: AUTH_CLIENT_ID is not set.');
  return way;
}
