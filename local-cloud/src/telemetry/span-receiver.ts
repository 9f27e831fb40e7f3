import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SpanStore } from './span-store.ts';

export interface SpanReceiver {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is to be set to. */
  readonly url: string;
  close(): Promise<void>;
}

/** Receives spans as any OpenTelemetry collector does, by OTLP over HTTP in the form of JSON. */
export async function startSpanReceiver(store: SpanStore): Promise<SpanReceiver> {
  const server = createServer((request, response) => void receive(store, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver of spans has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** To look into all of it costs more than to take it: that is done when somebody asks for spans. */
const looksLikeSpans = /^\s*\{\s*"resourceSpans"\s*:\s*\[/;
const lookedAtBytes = 64;

async function receive(store: SpanStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  if (request.method !== 'POST' || request.url !== '/v1/traces') return answer(404);
  try {
    const body = await bytesOf(request);
    if (!looksLikeSpans.test(body.toString('latin1', 0, lookedAtBytes))) return answer(400);
    store.addLater(body);
    answer(200);
  } catch {
    answer(400);
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
