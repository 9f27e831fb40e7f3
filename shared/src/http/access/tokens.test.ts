import { createSecretKey } from 'node:crypto';
import { listen, serveForTest, type TestServer } from '@banknote-loop/testing/http-server';
import { openTestCache } from '@banknote-loop/testing/services';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { z } from 'zod';
import { defineHttp } from '../definition.ts';
import { route } from '../route.ts';

const issuer = 'https://issuer.example';
const audience = 'https://loop.example';

const definition = defineHttp({
  name: 'test-api',
  summary: 'Answers those who may ask.',
  routes: () => [
    route({
      method: 'GET',
      path: '/me',
      summary: 'Says who asks.',
      answer: z.object({ principal: z.string() }),
      handle: async (_input, { principal }: { readonly principal: string }) => ({ body: { principal } }),
    }),
    route({
      method: 'POST',
      path: '/decide',
      summary: 'Needs a scope.',
      scope: 'models:manage',
      answer: z.string(),
      handle: async () => ({ body: 'decided' }),
    }),
  ],
});

type Key = Awaited<ReturnType<typeof makeKey>>;
async function makeKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

let keys: Key[];
let issuerServer: TestServer;
let server: TestServer;

beforeAll(async () => {
  keys = [await makeKey('first')];
  issuerServer = await listen((_request, response) => {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  server = await serveForTest(definition, {
    AUTH_JWKS_URL: issuerServer.url,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    AUTH_GRANTS:
      'robot@project.example=models:manage notes:rate; other@project.example=notes:submit; keeper=models:manage; boss=administrator',
  });
});
afterAll(async () => {
  await server.close();
  await issuerServer.close();
});

interface Wish {
  readonly claims?: Record<string, unknown>;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: string;
  readonly key?: Key;
}

function token(wish: Wish = {}): Promise<string> {
  const key = wish.key ?? keys[0];
  if (!key) throw new Error('There is no key.');
  return new SignJWT({ sub: 'mira', ...wish.claims })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setIssuer(wish.issuer ?? issuer)
    .setAudience(wish.audience ?? audience)
    .setIssuedAt()
    .setExpirationTime(wish.expires ?? '1 minute')
    .sign(key.privateKey);
}

async function ask(path: string, bearer?: string, method = 'GET') {
  const headers = new Headers(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
  const answer = await fetch(`${server.url}${path}`, { method, headers });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

it('knows a caller by the token', async () => {
  expect(await ask('/me', await token())).toMatchObject({ status: 200, body: { principal: 'mira' } });
});

it('asks for a token, and says how it is sent', async () => {
  const answer = await ask('/me');
  expect(answer).toMatchObject({ status: 401, body: { message: expect.stringContaining('Bearer') } });
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
});

it('lets probes in without one', async () => {
  expect((await ask('/healthz')).status).toBe(200);
});

const bad: readonly [why: string, make: () => Promise<string> | string, message: RegExp][] = [
  ['has expired', () => token({ expires: '1 minute ago' }), /expired/],
  ['is for another service', () => token({ audience: 'https://other.example' }), /"aud"/],
  ['is from another issuer', () => token({ issuer: 'https://other.example' }), /"iss"/],
  ['is not signed', () => unsigned(), /not valid/],
  ['is signed with a shared secret', () => signedWithSecret(), /not valid/],
  ['is signed with a key of nobody', async () => token({ key: await makeKey('nobody') }), /not valid/],
  [
    'pretends to be signed with a known key',
    async () => token({ key: { ...(await makeKey('x')), kid: 'first' } }),
    /not valid/,
  ],
  ['brings the key along that it is signed with', () => bringingItsKey(), /not valid/],
  ['is signed with the public key, as if that were a secret', () => signedWithPublicKey(), /not valid/],
  ['is not to be used yet', () => token({ claims: { nbf: Date.now() / 1000 + 600 } }), /"nbf"/],
  ['ends at what is no number', () => endingAtText(), /"exp"/],
  ['is no token', () => 'a.b.c', /not valid/],
];

async function bringingItsKey(): Promise<string> {
  const { privateKey, jwk } = await makeKey('first');
  return new SignJWT({ sub: 'mira' })
    .setProtectedHeader({ alg: 'ES256', kid: 'first', jwk })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1 minute')
    .sign(privateKey);
}

function signedWithPublicKey(): Promise<string> {
  const secret = createSecretKey(Buffer.from(JSON.stringify(keys[0]?.jwk)));
  return new SignJWT({ sub: 'mira' })
    .setProtectedHeader({ alg: 'HS256', kid: 'first' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1 minute')
    .sign(secret);
}

function endingAtText(): Promise<string> {
  const [key] = keys;
  if (!key) throw new Error('There is no key.');
  return new SignJWT(JSON.parse('{"sub":"mira","exp":"9999999999"}'))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .sign(key.privateKey);
}

it.each(bad)('refuses a token that %s', async (_why, make, message) => {
  expect(await ask('/me', await make())).toMatchObject({
    status: 401,
    body: { message: expect.stringMatching(message) },
  });
});

function unsigned(): string {
  return new UnsecuredJWT({ sub: 'mira' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1 minute')
    .encode();
}

function signedWithSecret(): Promise<string> {
  return new SignJWT({ sub: 'mira' })
    .setProtectedHeader({ alg: 'HS256', kid: 'first' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1 minute')
    .sign(createSecretKey(Buffer.alloc(32, 1)));
}

const google = { email_verified: true };

describe('an address in a token', () => {
  const decides = async (claims: Record<string, unknown>) =>
    (await ask('/decide', await token({ claims }), 'POST')).status;
  const nameOf = async (claims: Record<string, unknown>) =>
    z.object({ principal: z.string() }).parse((await ask('/me', await token({ claims }))).body).principal;
  const robot = 'robot@project.example';

  it.each([undefined, false, 'true', 1])(
    'counts for nothing where it is verified by %j',
    async email_verified => {
      expect(await decides({ email: robot, email_verified })).toBe(403);
      expect(await nameOf({ email: robot, email_verified })).toBe('mira');
    },
  );

  it('is not a subject of the same name, nor the other way round', async () => {
    expect(await decides({ sub: robot })).toBe(403);
    expect(await nameOf({ sub: robot })).toBe(`sub:${robot}`);
    expect(await nameOf({ ...google, sub: 'x', email: robot })).toBe(robot);
    expect(await decides({ ...google, email: 'keeper' })).toBe(403);
    expect(await decides({ sub: 'keeper' })).toBe(200);
  });

  it('must be one that can be kept', async () => {
    expect((await ask('/me', await token({ claims: { sub: 'a\u0000b' } }))).status).toBe(401);
    expect((await ask('/me', await token({ claims: { sub: 'x'.repeat(300) } }))).status).toBe(401);
  });
});

it('takes the scopes of a role, from the token or from the settings', async () => {
  const decides = async (claims: Record<string, unknown>) =>
    (await ask('/decide', await token({ claims }), 'POST')).status;
  expect(await decides({ roles: ['operator'] })).toBe(200);
  expect(await decides({ roles: 'viewer reviewer' })).toBe(403);
  expect(await decides({ roles: ['constructor', 1, null] })).toBe(403);
  expect(await decides({ sub: 'boss' })).toBe(200);
});

describe('scopes', () => {
  it('refuses what a token does not allow', async () => {
    const answer = await ask(
      '/decide',
      await token({ claims: { scope: 'notes:submit notes:rate' } }),
      'POST',
    );
    expect(answer).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('models:manage') },
    });
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
  });

  it('takes them from the token', async () => {
    const allowed = await token({ claims: { scope: 'models:manage' } });
    expect((await ask('/decide', allowed, 'POST')).status).toBe(200);
  });

  it('takes them from the settings for services, whose tokens have none', async () => {
    const robot = await token({ claims: { ...google, sub: '1234', email: 'Robot@project.example' } });
    expect((await ask('/decide', robot, 'POST')).status).toBe(200);
    const other = await token({ claims: { ...google, sub: '5678', email: 'other@project.example' } });
    expect((await ask('/decide', other, 'POST')).status).toBe(403);
  });
});

it('follows the issuer when it changes its keys', async () => {
  const next = await makeKey('second');
  const before = await token();
  keys = [next];
  const asks = async (): Promise<number> => (await ask('/me', await token({ key: next }))).status;
  // The keys are asked for at most once a second.
  const deadline = Date.now() + 10_000;
  let status = await asks();
  while (status !== 200 && Date.now() < deadline) status = await asks();
  expect(status).toBe(200);
  expect((await ask('/me', before)).status).toBe(401);
});

it('does not start with half of the settings, whichever half', async () => {
  await expect(serveForTest(definition, { AUTH_JWKS_URL: issuerServer.url })).rejects.toThrow(
    /AUTH_ISSUER is missing.*AUTH_AUDIENCE is missing/,
  );
  const halves = [
    { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience },
    { AUTH_ISSUER: issuer },
    { AUTH_AUDIENCE: audience },
    { AUTH_GRANTS: 'a=notes:rate' },
  ];
  for (const half of halves) {
    await expect(serveForTest(definition, half)).rejects.toThrow('AUTH_JWKS_URL is missing');
  }
});

it('needs Redis for nothing but a rate limit', async () => {
  const free = await serveForTest(definition, {});
  expect((await fetch(`${free.url}/me`)).status).toBe(200);
  await free.close();
  await expect(serveForTest(definition, { RATE_LIMIT_PER_MINUTE: '3' })).rejects.toThrow(
    'REDISHOST is missing',
  );
});

describe('the number of requests', () => {
  it('is counted for those, too, whose tokens are refused, and who ask for what is not there', async () => {
    const { settings, close } = await openTestCache();
    const limited = await serveForTest(definition, {
      ...settings,
      RATE_LIMIT_PER_MINUTE: '3',
      AUTH_JWKS_URL: issuerServer.url,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
    });
    const statuses = async (path: string, forwarded: string, headers: Record<string, string> = {}) => {
      const all: number[] = [];
      for (const lie of [1, 2, 3, 4]) {
        // What stands before the last address is the caller's own word.
        const from = `10.0.0.${lie}, ${forwarded}-${process.pid}-${Date.now() >> 16}`;
        const answer = await fetch(`${limited.url}${path}`, {
          headers: { ...headers, 'x-forwarded-for': from },
        });
        await answer.text();
        all.push(answer.status);
      }
      return all;
    };
    expect(await statuses('/me', 'a', { authorization: 'Bearer a.b.c' })).toEqual([401, 401, 401, 429]);
    expect(await statuses('/nowhere', 'b')).toEqual([404, 404, 404, 429]);
    expect(await statuses('/readyz', 'c')).toEqual([200, 200, 200, 429]);
    expect(await statuses('/healthz', 'd')).toEqual([200, 200, 200, 200]);
    await limited.close();
    await close();
  });

  it('is limited for each caller, and the answer says when to come again', async () => {
    const { settings, close } = await openTestCache();
    const limited = await serveForTest(definition, { ...settings, RATE_LIMIT_PER_MINUTE: '3' });
    const ask = async (address: string) =>
      fetch(`${limited.url}/me`, { headers: { 'x-forwarded-for': address } });
    // An address of this run's own: other tests count in the same Redis.
    const address = `test-${process.pid}-${Date.now()}`;
    const answers = [await ask(address), await ask(address), await ask(address), await ask(address)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(`${address}-other`)).status).toBe(200);
    await Promise.all(answers.map(answer => answer.text()));
    await limited.close();
    await close();
  });

  it('is not, while nothing can count it', async () => {
    const limited = await serveForTest(definition, {
      REDISHOST: '127.0.0.1',
      REDISPORT: '1',
      RATE_LIMIT_PER_MINUTE: '1',
    });
    for (const _ of [1, 2, 3]) expect((await fetch(`${limited.url}/me`)).status).toBe(200);
    await limited.close();
  });
});
