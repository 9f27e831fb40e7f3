import { type ServerResponse, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { HttpError } from './http-error.ts';

interface Head {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer: a value as JSON, a text or file as it is (with its own content type), or a stream that goes on. */
export type Reply = Head &
  (
    | { readonly body: unknown }
    | { readonly content: string | Buffer }
    | { readonly stream: AsyncIterable<string> }
  );

/** Every error has this one shape. */
export function errorReply({ status, message, field, headers }: HttpError): Reply {
  return {
    status,
    headers,
    body: { status_text: STATUS_CODES[status] ?? 'Error', message, ...(field ? { field } : {}) },
  };
}

/** Writes an answer; a caller who goes away in the middle is no error. */
export async function send(reply: Reply, response: ServerResponse): Promise<void> {
  const { status = 200, headers = {} } = reply;
  if ('stream' in reply) {
    response.writeHead(status, { 'cache-control': 'no-store', ...headers });
    response.flushHeaders();
    await pipeline(Readable.from(reply.stream), response).catch(() => response.destroy());
    return;
  }
  const isJson = 'body' in reply;
  const content = isJson ? JSON.stringify(reply.body) : reply.content;
  const ownHeaders = isJson
    ? { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
    : {};
  const length = status === 304 || status === 204 ? {} : { 'content-length': Buffer.byteLength(content) };
  response.writeHead(status, { ...ownHeaders, ...length, ...headers }).end(content);
  await finished(response).catch(() => {});
}
