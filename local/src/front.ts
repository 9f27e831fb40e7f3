import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface FrontOptions {
  readonly port: number;
  readonly host: string;
  /** Gives a connection to the function that answers there; fails while there is none. */
  readonly handOver: (connection: Socket) => Promise<void>;
}

export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Takes the connections of the one origin of page and APIs, and hands them over as they are: no request passes this
 * process, which has the messages of the whole loop to carry. What the function does with them is in front-door.ts.
 */
export async function startFront({ port, host, handOver }: FrontOptions): Promise<Front> {
  const away = answerAway();
  const server = createServer({ pauseOnConnect: true, noDelay: true }, connection => {
    connection.on('error', () => connection.destroy());
    handOver(connection).catch(() => {
      away.emit('connection', connection);
      connection.resume();
    });
  });
  await listen(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      away.closeAllConnections();
    },
  };
}

function answerAway() {
  const text = JSON.stringify({
    status_text: 'Bad Gateway',
    message: 'The function that answers here is being started again.',
  });
  // Closed, so that the next request finds whoever answers by then.
  const headers = { 'content-type': 'application/json', 'retry-after': '1', connection: 'close' };
  return createHttpServer((_incoming, outgoing) => outgoing.writeHead(502, headers).end(text));
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const inUse = Reflect.get(Object(cause), 'code') === 'EADDRINUSE';
    if (!inUse) throw cause;
    throw new Error(`Port ${port} is in use: end what listens there, or choose another with --port N.`, {
      cause,
    });
  }
}
