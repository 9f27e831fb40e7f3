import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';

/** An answer of the runner's own. */
export interface OwnAnswer {
  readonly type: string;
  readonly body: string;
}

export interface FrontOptions {
  readonly port: number;
  readonly host: string;
  readonly ingestPort: number;
  readonly predictPort: number;
  /** What is asked of the runner itself rather than of a function; it is told what the function would answer. */
  readonly answerItself?: ((url: URL) => ((ofFunction: string) => OwnAnswer) | undefined) | undefined;
}

export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/** Brings the two HTTP functions to one origin, as a load balancer does in the cloud: notes go in, the rest comes out. */
export async function startFront({
  port,
  host,
  ingestPort,
  predictPort,
  answerItself,
}: FrontOptions): Promise<Front> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    // A path that is no path is for a function to refuse, too.
    const url = URL.parse(incoming.url ?? '/', 'http://loop');
    const own = url ? answerItself?.(url) : undefined;
    const onward = () =>
      forward(agent, url?.pathname === '/notes' ? ingestPort : predictPort, incoming, outgoing);
    if (own) void tellIfAllowed({ agent, port: predictPort, incoming }, own, outgoing).catch(onward);
    else onward();
  });
  await listen(server, port, host);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The front has no port.');
  return {
    port: address.port,
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

interface Asked {
  readonly agent: Agent;
  readonly port: number;
  readonly incoming: IncomingMessage;
}

/** By these a function says that the caller may not have it. */
const refusals = new Set([401, 403, 421, 429]);

/** Who may call is known to the functions alone: what the runner tells, it tells to those whom a function would answer. */
async function tellIfAllowed(
  asked: Asked,
  own: (ofFunction: string) => OwnAnswer,
  outgoing: ServerResponse,
): Promise<void> {
  const answer = await askFunction(asked);
  if (refusals.has(answer.status)) throw new Error('The function says better why not.');
  const { type, body } = own(answer.status === 200 ? answer.text : '');
  outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function askFunction({ agent, port, incoming }: Asked) {
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = forwardedHeaders(incoming);
  const call = request({ agent, host: '127.0.0.1', port, path: incoming.url, headers }).end();
  const [answer]: IncomingMessage[] = await once(call, 'response');
  if (!answer) throw new Error('The function does not answer.');
  const pieces = await answer.setEncoding('utf8').toArray();
  return { status: answer.statusCode ?? 502, text: pieces.join('') };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const inUse = cause instanceof Error && Reflect.get(cause, 'code') === 'EADDRINUSE';
    if (!inUse) throw cause;
    throw new Error(`Port ${port} is in use: end what listens there, or choose another with --port N.`, {
      cause,
    });
  }
}

/** Says whose request it is, as a load balancer does: whatever the caller says of that stands before it. */
function forwardedHeaders({ headers, socket }: IncomingMessage) {
  const said = headers['x-forwarded-for'];
  return { ...headers, 'x-forwarded-for': [said ?? [], socket.remoteAddress ?? 'unknown'].flat().join(', ') };
}

function forward(agent: Agent, port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url } = incoming;
  const headers = forwardedHeaders(incoming);
  const onward = request({ agent, host: '127.0.0.1', port, method, path: url, headers }, answer => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => {
    if (outgoing.headersSent) return void outgoing.destroy();
    const body = {
      status_text: 'Bad Gateway',
      message: 'The function that answers here is being started again.',
    };
    outgoing
      .writeHead(502, { 'content-type': 'application/json', 'retry-after': '1' })
      .end(JSON.stringify(body));
  });
  // A caller who goes away, an event stream's say, must not leave the function talking to nobody.
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
