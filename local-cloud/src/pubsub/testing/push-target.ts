import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface PushBody {
  readonly message: Readonly<Record<string, unknown>>;
  readonly subscription: string;
  readonly deliveryAttempt?: number;
}

export interface ReceivedPush {
  readonly headers: IncomingHttpHeaders;
  readonly body: PushBody;
}

export interface PushTarget {
  readonly url: string;
  readonly received: readonly ReceivedPush[];
  close(): Promise<void>;
}

/** An HTTP server that keeps what is pushed to it, and answers the status that is decided for it; undefined is silence. */
export async function startPushTarget(
  statusFor: (push: ReceivedPush, number: number) => number | undefined = () => 204,
): Promise<PushTarget> {
  const received: ReceivedPush[] = [];
  const server = createServer(async (request, response) => {
    const push = {
      headers: request.headers,
      body: JSON.parse(Buffer.concat(await request.toArray()).toString()),
    };
    received.push(push);
    const status = statusFor(push, received.length);
    if (status !== undefined) response.writeHead(status).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    received,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port.');
  return address.port;
}
