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
  /** What is asked of the runner itself rather than of a function. */
  readonly answerItself?: ((url: URL) => Promise<OwnAnswer> | undefined) | undefined;
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
    if (own !== undefined) void tell(own, outgoing);
    else
      forward(agent, /^\/notes\/?$/.test(url?.pathname ?? '') ? ingestPort : predictPort, incoming, outgoing);
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

async function tell(own: Promise<OwnAnswer>, outgoing: ServerResponse): Promise<void> {
  const { type, body } = await own;
  outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
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

function forward(agent: Agent, port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
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
