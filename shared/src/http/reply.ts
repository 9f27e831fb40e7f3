import { type ServerResponse, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { HttpError } from './http-error.ts';

interface Head {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface JsonReply extends Head {
  readonly body: unknown;
  readonly content?: undefined;
  readonly stream?: undefined;
}

interface ContentReply extends Head {
  readonly body?: undefined;
  readonly content: string | Buffer;
  readonly stream?: undefined;
}

interface StreamReply extends Head {
  readonly body?: undefined;
  readonly content?: undefined;
  readonly stream: AsyncIterable<string>;
}

/** An answer: a value as JSON, a text or file as it is (with its own content type), or a stream that goes on. */
export type Reply = JsonReply | ContentReply | StreamReply;

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
  if (reply.stream) {
    response.writeHead(status, { 'cache-control': 'no-store', ...headers });
    response.flushHeaders();
    await pipeline(Readable.from(reply.stream), response).catch(() => response.destroy());
    return;
  }
  const isJson = reply.content === undefined;
  const content = reply.content ?? JSON.stringify(reply.body);
  const ownHeaders = isJson
    ? { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
    : {};
  const length = status === 304 || status === 204 ? {} : { 'content-length': Buffer.byteLength(content) };
  response.writeHead(status, { ...ownHeaders, ...length, ...headers }).end(content);
  await finished(response).catch(() => {});
}
