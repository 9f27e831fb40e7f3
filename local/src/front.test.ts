import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@banknote-loop/shared/base';
import { type Front, startFront } from './front.ts';
import { FunctionProcess, idleEnvironment } from './function-process.ts';
import { findFreePort } from './ports.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Says of each request what came with it. */
async function startElsewhere(): Promise<number> {
  const server = createServer(async (incoming, outgoing) => {
    const text = (await incoming.setEncoding('utf8').toArray()).join('');
    outgoing.end(JSON.stringify({ url: incoming.url, text, from: incoming.headers['x-forwarded-for'] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  ends.push(() => server.closeAllConnections());
  return (server.address() as AddressInfo).port;
}

async function startBehindFront(
  settings: NodeJS.ProcessEnv,
): Promise<{ front: Front; behind: FunctionProcess }> {
  const elsewhere = { '/notes': await startElsewhere() };
  const behind = new FunctionProcess({
    name: 'predict-api',
    port: await findFreePort(),
    environment: { ...idleEnvironment, ...settings },
    elsewhere,
    onLine: () => {},
    onRestart: () => {},
  });
  await behind.start();
  ends.push(() => behind.stop());
  const front = await startFront({
    port: 0,
    host: '127.0.0.1',
    handOver: connection => behind.handOver(connection),
  });
  ends.push(() => front.close());
  return { front, behind };
}

async function ask(
  { port }: Front,
  path: string,
  options: { body?: string; headers?: Record<string, string> } = {},
) {
  const { body, headers = {} } = options;
  const call = request({ port, path, method: body === undefined ? 'GET' : 'POST', headers }).end(body);
  const [answer]: IncomingMessage[] = await once(call, 'response');
  const text = (await answer?.setEncoding('utf8').toArray())?.join('') ?? '';
  return { status: answer?.statusCode, headers: answer?.headers, body: JSON.parse(text) };
}

it.each(['1', '2'])(
  'gives connections to the function, in %s processes, which passes on what others answer',
  async WEB_CONCURRENCY => {
    const { front } = await startBehindFront({ WEB_CONCURRENCY });
    for (let time = 0; time < 4; time += 1) {
      expect(await ask(front, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    }
    const forged = { 'x-forwarded-for': '10.9.8.7' };
    expect(await ask(front, '/notes?a=1', { body: '{"subjects":[]}', headers: forged })).toMatchObject({
      status: 200,
      body: { url: '/notes?a=1', text: '{"subjects":[]}', from: '10.9.8.7, 127.0.0.1' },
    });
    expect(await ask(front, '/nothing')).toMatchObject({ status: 404 });
  },
);

it('keeps nobody waiting for a process that does not listen yet, and loses no connection to it', async () => {
  // One process listens, three are being started: they are not asked before they can answer.
  const { front } = await startBehindFront({ WEB_CONCURRENCY: '4' });
  const close = { connection: 'close' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => ask(front, '/healthz', { headers: close })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
});

it('says that the function is away, and gives it the next connection when it is back', async () => {
  const { front, behind } = await startBehindFront({});
  behind.kill();
  const away = await until('nobody answers', async () => {
    const answer = await ask(front, '/healthz').catch(() => undefined);
    return answer?.status === 502 && answer;
  });
  expect(away.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  expect(away.body.status_text).toBe('Bad Gateway');
  await until(
    'it is back',
    async () => (await ask(front, '/healthz').catch(() => undefined))?.status === 200,
  );
});

it('says which port is in use', async () => {
  const { front } = await startBehindFront({});
  const again = startFront({ port: front.port, host: '127.0.0.1', handOver: async () => {} });
  await expect(again).rejects.toThrow(`Port ${front.port} is in use: end what listens there`);
});
