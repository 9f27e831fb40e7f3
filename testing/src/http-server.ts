import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { startInstance } from '@banknote-loop/shared/function';
import type { HttpFunction } from '@banknote-loop/shared/http';
import { createHttpHandler } from '@banknote-loop/shared/http';
import { banknotes } from './data-sets.ts';

export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves on a free port of this machine. */
export async function listen(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Serves an HTTP function as its process would, but for the launcher. */
export async function serveForTest(
  definition: HttpFunction,
  environment: NodeJS.ProcessEnv,
): Promise<TestServer> {
  const variables = { PROJECT_ID: 'test', LOG_LEVEL: 'silent', ...environment };
  const instance = startInstance(definition, variables, banknotes);
  const inFlight = { stopping: false, track: <T>(work: () => Promise<T>) => work() };
  const server = await listen(createHttpHandler(definition, instance, inFlight));
  return {
    url: server.url,
    async close() {
      await server.close();
      await instance.close();
    },
  };
}
