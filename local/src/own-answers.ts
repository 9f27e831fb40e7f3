import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observer } from './observer.ts';

/** What is asked of the runner itself rather than of a function. */
const ownPaths = ['/traces', '/metrics'] as const;

export interface OwnAnswers {
  /** The port at which each path is answered. */
  readonly ports: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * Answers about the whole loop, in the place of the cloud's consoles: `GET /traces` and `GET /traces?correlation_id=…`,
 * and at `/metrics` what all functions do together. Who may call is known to the functions alone, so one of them is asked
 * first: what it refuses is refused in its words.
 */
export async function startOwnAnswers(observer: Observer, predictPort: number): Promise<OwnAnswers> {
  const server = createServer((incoming, outgoing) => {
    answer(observer, predictPort, incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ports: Object.fromEntries(ownPaths.map(path => [path, port])),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** By these a function says that the caller may not have it. */
const refusals = new Set([401, 403, 421, 429]);

async function answer(
  observer: Observer,
  predictPort: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { status, headers, text } = await askFunction(predictPort, incoming);
  if (refusals.has(status)) return void outgoing.writeHead(status, headers).end(text);
  const url = new URL(incoming.url ?? '/', 'http://loop');
  const [type, body] =
    url.pathname === '/metrics'
      ? [
          'text/plain; version=0.0.4; charset=utf-8',
          joinMetrics(observer.metrics(), status === 200 ? text : ''),
        ]
      : [
          'application/json; charset=utf-8',
          JSON.stringify(observer.traces(url.searchParams.get('correlation_id') ?? undefined)),
        ];
  outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function askFunction(port: number, incoming: IncomingMessage) {
  const { method, url: path } = incoming;
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = incoming.headers;
  const call = request({ host: '127.0.0.1', port, method, path, headers }).end();
  const [answer]: IncomingMessage[] = await once(call, 'response');
  if (!answer) throw new Error('The function does not answer.');
  const pieces = await answer.setEncoding('utf8').toArray();
  return { status: answer.statusCode ?? 502, headers: answer.headers, text: pieces.join('') };
}

/** Each metric may stand in the text only once: of the second text only those count that the first has not. */
export function joinMetrics(first: string, second: string): string {
  const nameOf = (part: string): string | undefined => /^# HELP (\S+)/.exec(part)?.[1];
  const parts = (text: string): readonly string[] => text.split(/^(?=# HELP )/m);
  const known = new Set(parts(first).map(nameOf));
  return [first, ...parts(second).filter(part => !known.has(nameOf(part)))].join('');
}
