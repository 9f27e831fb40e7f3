import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

const host = '127.0.0.1';
/** How every connection of HTTP/2, and so of gRPC, begins. No method of HTTP/1.1 does. */
const http2Preface = Buffer.from('PRI');

export interface OnePort {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves gRPC and JSON over HTTP on the same port, as Google's emulators do. */
export async function listenOnOnePort(
  {
    grpc,
    rest,
    service,
  }: { readonly grpc: Server; readonly rest: RequestListener; readonly service: string },
  wantedPort: number,
): Promise<OnePort> {
  const http = createHttpServer(rest);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first.subarray(0, http2Preface.length).equals(http2Preface)) injector.injectConnection(socket);
      else {
        http.emit('connection', socket);
        socket.resume();
      }
    });
  });
  const port = await listen(server, wantedPort, service);
  return {
    port,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      grpc.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: NetServer, wanted: number, service: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once('error', cause => {
      reject(new Error(`${service} cannot listen on ${host}:${wanted}. Choose another port.`, { cause }));
    });
    server.listen(wanted, host, () => {
      const address = server.address();
      if (address !== null && typeof address !== 'string') resolve(address.port);
    });
  });
}
