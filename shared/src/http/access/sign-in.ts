import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Session, Sessions } from '../../redis/sessions.ts';
import { HttpError } from '../reply.ts';
import { type Cookies, sessionKeyIn } from './cookies.ts';
import { leavePath, type Provider } from './provider.ts';
import { type Authenticate, type Identity, refusal, type VerifyToken } from './tokens.ts';

/** Makes what tells who a caller is by the page's session. Its token is checked with every request, like any other. */
export function sessionReader(sessions: Sessions, cookies: Cookies, verify: VerifyToken): Authenticate {
  return async headers => {
    const key = sessionKeyIn(headers, cookies);
    const session = key && (await sessions.findLately(key));
    if (!session)
      throw refusal('Sign in on the page, or send a token, with the header "authorization: Bearer …".');
    return verify(session.idToken);
  };
}

/** What the browser keeps while somebody is at the provider. */
const underWay = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  view: z.string(),
});

interface Parts {
  readonly provider: Provider;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly verify: VerifyToken;
  readonly pageUrl: string;
}

/** How people sign in on the page, go on and sign out. The page's scripts never see a token: the browser has a cookie only. */
export class SignIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where the page is to send somebody, and the cookie that goes with them. */
  async begin({ origin }: IncomingHttpHeaders, view: string) {
    const { provider, cookies, pageUrl } = this.#parts;
    if (origin !== undefined && origin !== pageUrl) {
      throw new HttpError(400, `People sign in at ${pageUrl}, and this page is at ${origin}: open it there.`);
    }
    const { address, attempt } = await provider.begin();
    const kept = Buffer.from(JSON.stringify({ ...attempt, view })).toString('base64url');
    return { address, cookie: cookies.write('sign-in', kept) };
  }

  /** Somebody comes back from the provider: now they are signed in, or the error says why not. */
  async complete(headers: IncomingHttpHeaders, query: Readonly<Record<string, string>>) {
    const { provider, sessions, cookies, verify } = this.#parts;
    const { view, ...attempt } = readUnderWay(cookies.read('sign-in', headers));
    const tokens = await provider.complete(query, attempt);
    const identity = await verify(tokens.idToken);
    const before = cookies.read('session', headers);
    if (before) await sessions.end(before);
    const key = await sessions.open({ ...tokens, principal: identity.principal });
    return {
      view,
      principal: identity.principal,
      cookies: [cookies.write('session', key), this.forgetAttempt()],
    };
  }

  forgetAttempt(): string {
    return this.#parts.cookies.write('sign-in', '');
  }

  /** Goes on with a session whose token has run out; nobody, where there is none or it must not go on. */
  async renew(headers: IncomingHttpHeaders): Promise<Identity | undefined> {
    const { sessions, cookies } = this.#parts;
    const key = sessionKeyIn(headers, cookies);
    if (!key || !(await sessions.find(key))) return undefined;
    // Some providers take a token to go on with once only, and of two requests at once the later finds it done.
    return sessions.alone(key, async () => {
      const session = await sessions.find(key);
      const identity = session && ((await this.#stillGood(session)) ?? (await this.#renewed(key, session)));
      if (!identity) await sessions.end(key);
      return identity;
    });
  }

  #stillGood({ idToken }: Session): Promise<Identity | undefined> {
    return this.#parts.verify(idToken).catch(unlessRefused);
  }

  async #renewed(key: string, { refreshToken, principal }: Session): Promise<Identity | undefined> {
    const { provider, sessions, verify } = this.#parts;
    const tokens = refreshToken && (await provider.refresh(refreshToken).catch(unlessRefused));
    const identity = tokens && (await verify(tokens.idToken).catch(unlessRefused));
    if (!identity || identity.principal !== principal) return undefined;
    await sessions.change(key, { ...tokens, principal });
    return identity;
  }

  /** Ends the session here: who it was, and where to go to be signed out at the provider, too. */
  async end(headers: IncomingHttpHeaders) {
    const { provider, sessions, cookies } = this.#parts;
    const key = sessionKeyIn(headers, cookies) ?? '';
    const session = await sessions.find(key);
    await sessions.end(key);
    const cookie = cookies.write('session', '');
    // Whatever becomes of the provider, here nobody is signed in any more.
    const mayLeave = session && (await provider.end(session.refreshToken).catch(() => false));
    if (!mayLeave) return { address: undefined, principal: session?.principal, cookies: [cookie] };
    await sessions.keepToLeave(key, session);
    const { principal } = session;
    return { address: leavePath, principal, cookies: [cookie, cookies.write('sign-in', key)] };
  }

  /** Where somebody goes whose session has just ended: to the provider, with what no script of the page ever sees. */
  async leave(headers: IncomingHttpHeaders): Promise<string> {
    const { provider, sessions, cookies } = this.#parts;
    const session = await sessions.takeToLeave(cookies.read('sign-in', headers) ?? '');
    return session ? provider.leave(session.idToken) : '/';
  }
}

function readUnderWay(cookie: string | undefined): z.infer<typeof underWay> {
  try {
    return underWay.parse(JSON.parse(Buffer.from(cookie ?? '', 'base64url').toString('utf8')));
  } catch {
    throw new HttpError(
      400,
      'This sign-in was not begun in this browser, or more than ten minutes ago: sign in again.',
    );
  }
}

/** That somebody was refused is an answer; that nobody could be asked is none. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof HttpError)) throw error;
}
