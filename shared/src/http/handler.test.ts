import { type ClientRequest, request } from 'node:http';
import { until } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { serveForTest, type TestServer } from '@banknote-loop/testing/http-server';
import { z } from 'zod';
import { ConflictError, NotFoundError, PermanentError, TransientError } from '../base/errors.ts';
import { requireFewNotes } from './batches.ts';
import { maxBodyBytes } from './body.ts';
import { defineHttp } from './definition.ts';
import { route } from './route.ts';

const impossible = { malformed: PermanentError, missing: NotFoundError, conflict: ConflictError };

const definition = defineHttp({
  name: 'test-api',
  summary: 'Answers what tests ask.',
  routes: () => [
    route({
      method: 'POST',
      path: '/things/{id}',
      summary: 'Says what it understood.',
      params: z.object({ id: z.string() }),
      query: z.object({ times: z.coerce.number().default(1) }),
      body: z.object({
        list: z.array(z.object({ name: z.string() })).default([]),
        strict: z.strictObject({}).optional(),
      }),
      accepts: { 'text/csv': text => ({ list: text.split('\n').map(name => ({ name })) }) },
      answer: z.object({ id: z.string(), times: z.number(), count: z.number() }),
      async handle({ params, query, body }) {
        requireFewNotes(banknotes, body.list);
        return { body: { id: params.id, times: query.times, count: body.list.length } };
      },
    }),
    route({
      method: 'GET',
      path: '/impossible/{kind}',
      summary: 'Cannot be done.',
      params: z.object({ kind: z.enum(['malformed', 'missing', 'conflict']) }),
      answer: 'text/plain',
      async handle({ params: { kind } }) {
        throw new impossible[kind](`It is ${kind}.`, { field: 'kind' });
      },
    }),
    route({
      method: 'GET',
      path: '/not-yet',
      summary: 'Will be there.',
      answer: 'text/plain',
      async handle() {
        throw new TransientError('m-1 on 10.1.2.3', { forCaller: 'It is not made yet.' });
      },
    }),
    route({
      method: 'POST',
      path: '/later',
      summary: 'Will be done.',
      status: 202,
      answer: z.object({ list: z.array(z.object({ created: z.string() })) }),
      handle: async () => ({ body: { list: [{ created: '2026-01-01T00:00:00.000Z' }] } }),
    }),
    route({
      method: 'GET',
      path: '/broken',
      summary: 'Fails.',
      answer: 'text/plain',
      async handle() {
        throw new Error('connection to 10.1.2.3 refused: password secret');
      },
    }),
  ],
});

let server: TestServer;
beforeAll(async () => {
  server = await serveForTest(definition, { CORS_ORIGINS: 'https://friend.example' });
});
afterAll(() => server.close());

const json = { 'content-type': 'application/json' };

async function send(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${server.url}${path}`, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

function post(body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) {
  return send('/things/a%20b?times=3', { method: 'POST', headers, body });
}

it('gives a route its parameters, from the path, the query and the body', async () => {
  const answer = await post('{"list": [{"name": "x"}]}', {
    'content-type': 'Application/JSON; charset="UTF-8"',
  });
  expect(answer).toMatchObject({ status: 200, body: { id: 'a b', times: 3, count: 1 } });
});

it('reads other types of body where a route takes them', async () => {
  expect(await post('x\ny', { 'content-type': 'text/csv' })).toMatchObject({ body: { count: 2 } });
});

const strangeNames = JSON.stringify({
  strict: Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`key ${i}`, i])),
});

describe('errors', () => {
  const wrong: readonly [why: string, status: number, message: RegExp, run: () => ReturnType<typeof send>][] =
    [
      ['an unknown path', 404, /nothing at \/nowhere/, () => send('/nowhere')],
      ['a path that cannot be decoded', 400, /%ZZ/, () => send('/things/%ZZ', { method: 'POST' })],
      ['a wrong method', 405, /knows POST/, () => send('/things/1')],
      ['a method of nobody', 405, /method PUT/, () => send('/things/1', { method: 'PUT', body: '{}' })],
      ['the name of a prototype', 415, /content-type/, () => post('{}', { 'content-type': '__proto__' })],
      ['what is malformed', 400, /is malformed/, () => send('/impossible/malformed')],
      ['what is not there', 404, /is missing/, () => send('/impossible/missing')],
      ['what contradicts the state', 409, /is conflict/, () => send('/impossible/conflict')],
      ['no content type', 415, /content-type: application\/json/, () => post(Buffer.from('{}'), {})],
      ['another content type', 415, /text\/csv/, () => post('a=1', { 'content-type': 'text/plain' })],
      [
        'another encoding',
        415,
        /UTF-8/,
        () => post('{}', { 'content-type': 'application/json; charset=latin1' }),
      ],
      ['a compressed body', 415, /without gzip/, () => post('{}', { ...json, 'content-encoding': 'gzip' })],
      ['malformed JSON', 400, /line 2, column 3/, () => post('{\n  x}')],
      ['no body', 400, /empty/, () => post('')],
      ['broken UTF-8', 400, /UTF-8/, () => post(Buffer.from([0x22, 0xff, 0x22]))],
      ['a body that is too large', 413, /4 MiB/, () => post(Buffer.alloc(maxBodyBytes + 1, 0x20))],
      [
        'too many rows',
        413,
        /10,000/,
        () => post(JSON.stringify({ list: Array(10_001).fill({ name: '' }) })),
      ],
      ['more values than anybody sends', 413, /500000 values/, () => post(`[${'1,'.repeat(500_000)}1]`)],
      ['lists in lists in lists', 413, /64 levels deep/, () => post('['.repeat(4_000_000))],
      ['thousands of strange names', 400, /^.{1,1001}$/, () => post(strangeNames)],
      [
        'a long idempotency key',
        400,
        /200/,
        () => post('{"list":[]}', { ...json, 'idempotency-key': 'x'.repeat(201) }),
      ],
      [
        'what is told of something that is still to come',
        503,
        /^It is not made yet\.$/,
        () => send('/not-yet'),
      ],
      ['a failure of our own', 503, /cannot be reached/, () => send('/broken')],
    ];

  it.each(wrong)('answers %s with %i', async (_why, status, message, run) => {
    const answer = await run();
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      status_text: expect.any(String),
      message: expect.stringMatching(message),
      ...(answer.body.field ? { field: answer.body.field } : {}),
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|at .*\.ts/);
  });

  it('name the field that is wrong by its path', async () => {
    expect(await post('{"list": [{"name": "x"}, {"name": 3}]}')).toMatchObject({
      status: 400,
      body: { field: 'list[1].name' },
    });
  });

  it('say which methods there are', async () => {
    expect((await send('/things/1')).headers.get('allow')).toBe('POST, OPTIONS');
  });
});

it('answers HEAD as GET without a body, and OPTIONS with the methods', async () => {
  const head = await send('/healthz', { method: 'HEAD' });
  expect([head.status, head.body]).toEqual([200, undefined]);
  expect((await send('/healthz', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
});

it('lets pages of the origins on the list call, and no others', async () => {
  const ask = (origin: string) => send('/healthz', { headers: { origin } });
  expect((await ask('https://friend.example')).headers.get('access-control-allow-origin')).toBe(
    'https://friend.example',
  );
  expect((await ask('https://stranger.example')).headers.get('access-control-allow-origin')).toBeNull();
});

it('protects every answer, errors included', async () => {
  const { headers } = await send('/nowhere');
  expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('strict-transport-security')).toBeNull();
  const secure = await send('/healthz', { headers: { 'x-forwarded-proto': 'https' } });
  expect(secure.headers.get('strict-transport-security')).toContain('max-age');
});

it('counts requests by route and status, whatever the path was', async () => {
  await post('{"list":[]}');
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toMatch(
    /^http_server_request_duration_seconds_count\{.*method="POST",route="\/things\/\{id\}",status="200"\} \d+$/m,
  );
  expect(text).toMatch(/route="unknown",status="404"/);
  expect(text).not.toContain('a b');
});

describe('callers of before', () => {
  let old: TestServer;
  beforeAll(async () => {
    old = await serveForTest(definition, { TIMES: 'bare', ACCEPTED_STATUS: '200' });
  });
  afterAll(() => old.close());

  const later = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/later`, { method: 'POST', headers });
    const { list } = z
      .object({ list: z.tuple([z.object({ created: z.string() })]) })
      .parse(await answer.json());
    return [answer.status, list[0].created];
  };
  const [zoned, bare] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000'];

  it('get the times and the status that they know where the settings say so', async () => {
    expect(await later(old.url)).toEqual([200, bare]);
    expect(new Date(`${bare}Z`).toISOString()).toBe(zoned);
    expect(await later(server.url)).toEqual([202, zoned]);
  });

  it('and others say what they want', async () => {
    expect(await later(old.url, { prefer: 'times=zoned' })).toEqual([200, zoned]);
    expect(await later(server.url, { prefer: 'respond-async, times=bare' })).toEqual([202, bare]);
    expect(await later(server.url, { prefer: 'times=roman' })).toEqual([202, zoned]);
  });
});

it('answers small requests while others fill the room for large ones, and send no more', async () => {
  const path = '/things/a';
  const headers = { 'content-type': 'application/json' };
  const large = Buffer.alloc(maxBodyBytes, ' ');
  const stalled: ClientRequest[] = [];
  const stall = (): void => {
    const announced = { ...headers, 'content-length': large.length };
    const call = request({ port: new URL(server.url).port, path, method: 'POST', headers: announced });
    call.on('error', () => {});
    call.write(large.subarray(1));
    stalled.push(call);
  };
  const post = async (body: Buffer) =>
    (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).status;
  await until('there is no room for a large one', async () => {
    stall();
    return (await post(large)) === 503;
  });
  expect(await post(Buffer.from('{}'))).toBe(200);
  for (const call of stalled) call.destroy();
  await until('there is room again', async () => (await post(large)) === 400);
});
