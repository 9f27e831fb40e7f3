import { subscribe } from 'node:diagnostics_channel';
import { type RequestListener, Server } from 'node:http';

/**
 * Answers the requests of this process's server itself. The framework would first read every body, however large it
 * is, and answer malformed JSON and malformed paths with a page of HTML of its own; it stays what starts the server.
 * The channel speaks before the first request is handed on, so that none is answered by the framework.
 */
export function answerRequests(listener: RequestListener): void {
  const own = new WeakSet<Server>();
  subscribe('http.server.request.start', message => {
    const server: unknown = Reflect.get(Object(message), 'server');
    if (!(server instanceof Server) || own.has(server)) return;
    own.add(server);
    server.removeAllListeners('request').on('request', listener);
  });
}
