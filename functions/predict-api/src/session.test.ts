import { defineHttp, signIn, z } from '@banknote-loop/shared';
import { nextAddress, type SessionAnswer, sessionAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import { serveForTest, type TestServer } from '@banknote-loop/testing/http-server';
import { startProvider, type TestProvider } from '@banknote-loop/testing/provider';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
} from '@banknote-loop/testing/services';
import { getLeave, getReturn, getSession, postSignIn, postSignOut } from './session.ts';

// Signing in as a browser does it, against a real provider. The page is not where this server listens, so that cookies
// are those of an address of HTTPS; what the browser itself adds, test/page/sign-in.test.ts sees to.

const pageUrl = 'https://notes.example.com';

let database: TestDatabase;
let cache: TestCache;
let provider: TestProvider;
let server: TestServer;

const definition = defineHttp({
  name: 'test-api',
  summary: 'Signs people in.',
  uses: {
    signIn,
    db: {
      name: 'database',
      settings: z.object({}),
      open: async () => ({ client: database.db, close: async () => {} }),
    },
  },
  routes: () => [
    ...[getSession, postSignIn, getReturn, postSignOut, getLeave],
    route({
      method: 'POST',
      path: '/decide',
      summary: 'Needs a scope.',
      scope: 'models:manage',
      answer: z.string(),
      handle: async (_input, { principal }: { readonly principal: string }) => ({ body: principal }),
    }),
  ],
});

beforeAll(async () => {
  database = await openTestDatabase({ seeded: false });
  cache = await openTestCache();
  provider = await startProvider(pageUrl, 'the secret of the page');
  server = await serveForTest(definition, {
    ...provider.settings,
    ...cache.settings,
    CORS_ORIGINS: 'https://friend.example.com',
  });
});
afterAll(async () => {
  await server.close();
  await provider.close();
  await cache.close();
  await database.close();
});

/** A browser, as far as cookies go. */
class Browser {
  readonly cookies = new Map<string, string>();
  lastSet: readonly string[] = [];

  async send(address: string, options: RequestInit = {}): Promise<Response> {
    const headers = new Headers(options.headers);
    if (this.cookies.size > 0) {
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    }
    const answer = await fetch(address, { redirect: 'manual', ...options, headers });
    this.lastSet = answer.headers.getSetCookie();
    for (const cookie of this.lastSet) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Where the answer sends the browser. */
  async follow(address: string, options: RequestInit = {}): Promise<string> {
    const answer = await this.send(address, options);
    return new URL(answer.headers.get('location') ?? '', address).href;
  }
}

class Page {
  readonly here = new Browser();
  readonly there = new Browser();

  ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    return this.here.send(`${server.url}${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async session(): Promise<SessionAnswer> {
    return sessionAnswer.parse(await (await this.ask('GET', '/session')).json());
  }

  /** Answers where the provider sends the browser back to, as this server has it. */
  async toProvider(fields: Record<string, string>): Promise<URL> {
    const answer = await this.ask('POST', '/session/begin', { view: 'review' });
    const { address } = nextAddress.parse(await answer.json());
    let at = await this.there.follow(address ?? '');
    const login = new URLSearchParams(fields).toString();
    at = await this.there.follow(at, { method: 'POST', body: login });
    at = await this.there.follow(at);
    if (at.includes('/interaction/')) {
      at = await this.there.follow(at, { method: 'POST' });
      at = await this.there.follow(at);
    }
    return new URL(at.replace(pageUrl, server.url));
  }

  /** Comes back by a link of the provider's, as browsers say. */
  comeBack(url: URL): Promise<Response> {
    return this.here.send(url.href, {
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    });
  }

  async signIn(fields: Record<string, string>): Promise<void> {
    expect((await this.comeBack(await this.toProvider(fields))).status).toBe(303);
  }
}

const keysInRedis = () => cache.cache.redis.keys('session:*');

it('knows nobody at first, who may do nothing', async () => {
  const page = new Page();
  expect(await page.session()).toEqual({
    sign_in: 'page',
    principal: null,
    roles: [],
    scopes: [],
    expires: null,
    lacking: expect.arrayContaining([{ scope: 'models:manage', roles: ['operator', 'administrator'] }]),
  });
  expect((await page.ask('POST', '/decide')).status).toBe(401);
});

it('signs in whom the provider sends back, and lets them do what their roles allow', async () => {
  const page = new Page();
  const back = await page.comeBack(await page.toProvider({ name: 'mira', roles: 'reviewer' }));
  expect([back.status, back.headers.get('location')]).toEqual([303, '/#/review']);
  const [session = '', attempt] = page.here.lastSet;
  expect(session).toMatch(/^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  expect(attempt).toMatch(/^__Host-sign-in=;.*Max-Age=0/);
  expect(await page.session()).toMatchObject({
    principal: 'mira@example.com',
    roles: ['reviewer'],
    scopes: ['notes:read', 'notes:rate', 'models:read'],
    expires: expect.stringMatching(/Z$/),
  });
  expect((await page.ask('POST', '/decide')).status).toBe(403);
  const another = new Page();
  await another.signIn({ name: 'omar', roles: 'operator' });
  expect((await another.ask('POST', '/decide')).status).toBe(200);
  expect(await database.db.audit.newest(1, undefined, { action: 'sign-in' })).toMatchObject([
    { who: 'omar@example.com' },
  ]);
});

it('leaves in Redis nothing that somebody could use who reads it', async () => {
  const page = new Page();
  await page.signIn({ name: 'mira' });
  const key = page.here.cookies.get('__Host-session') ?? '';
  for (const place of await keysInRedis()) {
    const kept = await cache.cache.redis.get(place);
    for (const secret of [key, 'mira', 'eyJ']) expect(`${place} ${kept}`).not.toContain(secret);
  }
});

describe('somebody who comes back', () => {
  const refused = async (page: Page, url: URL, why: RegExp) => {
    const answer = await page.comeBack(url);
    expect([400, 401]).toContain(answer.status);
    expect(await answer.text()).toMatch(why);
    expect((await page.session()).principal).toBeNull();
  };

  it('with another state, is refused', async () => {
    const page = new Page();
    const url = await page.toProvider({ name: 'mira' });
    url.searchParams.set('state', 'another');
    await refused(page, url, /unexpected &#34;state&#34;/);
  });

  it('without having gone there from this browser, is refused', async () => {
    const url = await new Page().toProvider({ name: 'mallory', roles: 'administrator' });
    await refused(new Page(), url, /not begun in this browser/);
  });

  it('with the code of another attempt, is refused, by its nonce and its verifier', async () => {
    const [page, other] = [new Page(), new Page()];
    const own = await page.toProvider({ name: 'mira' });
    const theirs = await other.toProvider({ name: 'mallory' });
    own.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    await refused(page, own, /invalid_grant/);
  });

  it('with a token of another nonce, is refused', async () => {
    const page = new Page();
    const url = await page.toProvider({ name: 'mira' });
    const kept = JSON.parse(
      Buffer.from(page.here.cookies.get('__Host-sign-in') ?? '', 'base64url').toString(),
    );
    const changed = Buffer.from(JSON.stringify({ ...kept, nonce: 'another' })).toString('base64url');
    page.here.cookies.set('__Host-sign-in', changed);
    await refused(page, url, /claim/);
  });

  it('a second time by the same address, is refused', async () => {
    const page = new Page();
    const url = await page.toProvider({ name: 'mira' });
    const { cookies } = page.here;
    const attempt = cookies.get('__Host-sign-in') ?? '';
    await page.comeBack(url);
    cookies.clear();
    cookies.set('__Host-sign-in', attempt);
    await refused(page, url, /invalid_grant/);
  });

  it('with an error of the provider, is told so, and no markup of it', async () => {
    const page = new Page();
    const url = await page.toProvider({ name: 'mira' });
    url.searchParams.delete('code');
    url.searchParams.set('error', '<script>alert(1)</script>');
    const answer = await page.comeBack(url);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(await answer.text()).not.toContain('<script>');
  });
});

describe('a session', () => {
  it('goes on when its token ends, once for many who ask at the same time', async () => {
    const page = new Page();
    await page.signIn({ name: 'mira', roles: 'reviewer', seconds: '1' });
    const decide = async (): Promise<number> => (await page.ask('POST', '/decide')).status;
    const deadline = Date.now() + 30_000;
    while ((await decide()) !== 401 && Date.now() < deadline);
    const renewals = await Promise.all([1, 2, 3].map(() => page.session()));
    expect(renewals.map(({ principal }) => principal)).toEqual(Array(3).fill('mira@example.com'));
    expect(await decide()).toBe(403);
  });

  it('ends where the provider does not let it go on', async () => {
    const page = new Page();
    await page.signIn({ name: 'mira', seconds: '1', leaves: 'yes' });
    const deadline = Date.now() + 30_000;
    while ((await page.session()).principal !== null && Date.now() < deadline);
    expect((await page.session()).principal).toBeNull();
  });

  it('ends at once, also for whoever has copied the cookie, and at the provider', async () => {
    const page = new Page();
    await page.signIn({ name: 'omar', roles: 'operator' });
    const thief = new Page();
    for (const [name, value] of page.here.cookies) thief.here.cookies.set(name, value);
    expect((await thief.ask('POST', '/decide')).status).toBe(200);
    const { address } = nextAddress.parse(await (await page.ask('POST', '/session/end')).json());
    expect(address).toBe('/session/leave');
    expect([...page.here.cookies.keys()]).toEqual(['__Host-sign-in']);
    expect((await thief.ask('POST', '/decide')).status).toBe(401);
    expect((await thief.session()).principal).toBeNull();
  });

  it('ends at the provider by a token that it has, and no script of the page', async () => {
    const page = new Page();
    await page.signIn({ name: 'omar', roles: 'operator' });
    const leave = async (browser = page.here): Promise<string> => {
      const answer = await browser.send(`${server.url}/session/leave`, {
        headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
      });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([303, 'no-store']);
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      return answer.headers.get('location') ?? '';
    };
    expect(await leave()).toBe('/');
    expect((await page.session()).principal).toBe('omar@example.com');

    await page.ask('POST', '/session/end');
    const left = new Map(page.here.cookies);
    const thief = new Page();
    thief.here.cookies.set('__Host-session', left.get('__Host-sign-in') ?? '');
    expect((await thief.ask('POST', '/decide')).status).toBe(401);
    const address = new URL(await leave());
    expect(`${address.origin}${address.pathname}`).toBe(`${provider.url}/session/end`);
    expect(address.searchParams.get('id_token_hint')).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await page.there.send(address.href)).status).toBe(200);
    expect(page.here.cookies.size).toBe(0);
    // Once only.
    for (const [name, value] of left) page.here.cookies.set(name, value);
    expect(await leave()).toBe('/');
  });

  it('counts for requests of our own page only, whatever other origins may call', async () => {
    const page = new Page();
    await page.signIn({ name: 'omar', roles: 'operator' });
    const decide = async (headers: Record<string, string>) =>
      (await page.ask('POST', '/decide', undefined, headers)).status;
    expect(await decide({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await decide({ 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' })).toBe(403);
    expect(await decide({ 'sec-fetch-site': 'cross-site', origin: 'https://friend.example.com' })).toBe(401);
    expect(await decide({})).toBe(200);
    const forged = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' };
    for (const path of ['/session/end', '/session/begin']) {
      expect((await page.ask('POST', path, {}, forged)).status).toBe(403);
    }
    expect((await page.session()).principal).toBe('omar@example.com');
  });

  it.each(['x', 'x'.repeat(43), '../../etc', '%00'])('is not one of anybody: %s', async key => {
    const page = new Page();
    page.here.cookies.set('__Host-session', key);
    expect((await page.ask('POST', '/decide')).status).toBe(401);
    expect((await page.session()).principal).toBeNull();
  });
});

it('sends people only to the page that it belongs to', async () => {
  const page = new Page();
  const answer = await page.ask('POST', '/session/begin', {}, { origin: server.url });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { message: expect.stringContaining(pageUrl) },
  ]);
});

it.each([
  [{ AUTH_PAGE_URL: pageUrl }, 'AUTH_CLIENT_ID is missing'],
  [{ AUTH_CLIENT_ID: 'x' }, 'AUTH_PAGE_URL is missing'],
  [{ AUTH_CLIENT_SECRET: 'x' }, 'AUTH_CLIENT_ID is missing'],
  [{ AUTH_CLIENT_ID: 'x', AUTH_PAGE_URL: pageUrl }, 'AUTH_JWKS_URL is missing'],
  [{ AUTH_CLIENT_ID: 'x', AUTH_PAGE_URL: pageUrl }, 'REDISHOST is missing'],
  [{ AUTH_CLIENT_ID: 'x', AUTH_PAGE_URL: 'http://notes.example.com' }, 'AUTH_PAGE_URL is malformed'],
  [{ AUTH_CLIENT_ID: 'x', AUTH_PAGE_URL: `${pageUrl}/path` }, 'AUTH_PAGE_URL is malformed'],
  [{ AUTH_SIGN_IN_PARAMETERS: 'state=mine' }, 'AUTH_SIGN_IN_PARAMETERS is malformed'],
])('does not start with half of it, or with what is not safe: %j', async (half, why) => {
  await expect(serveForTest(definition, half)).rejects.toThrow(why);
});
