import { once } from 'node:events';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The caller's mistake, or a state that the caller must know of; the message is for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** The path of the part that is wrong, where there is one. */
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    {
      field,
      headers = {},
    }: { readonly field?: string | undefined; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.field = field;
    this.headers = headers;
  }
}

interface Head {
  /** Where it is not that of the route. */
  readonly status?: number;
  /** Cookies are several headers of one name. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** A value as JSON. */
export interface JsonReply<Body> extends Head {
  readonly body: Body;
  /** Others get the very same body: it is made into text once for all. */
  readonly isShared?: boolean;
  readonly content?: undefined;
  readonly stream?: undefined;
}

/** A text or file as it is, with its own content type. */
interface ContentReply extends Head {
  readonly body?: undefined;
  readonly content: string | Buffer;
  readonly stream?: undefined;
}

/** Texts that go out as they come, for as long as the caller stays. */
interface StreamReply extends Head {
  readonly body?: undefined;
  readonly content?: undefined;
  readonly stream: AsyncIterable<string>;
}

export type MediaReply = ContentReply | StreamReply;
export type Reply = JsonReply<unknown> | MediaReply;

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
  const content = reply.content ?? textOf(reply);
  const ownHeaders = isJson
    ? { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
    : {};
  const length = status === 304 || status === 204 ? {} : { 'content-length': Buffer.byteLength(content) };
  response.writeHead(status, { ...ownHeaders, ...length, ...headers }).end(content);
  if (!response.closed) await once(response, 'close');
}

const texts = new WeakMap<object, Buffer>();

function textOf({ body, isShared = false }: JsonReply<unknown>): string | Buffer {
  if (!isShared || typeof body !== 'object' || body === null) return JSON.stringify(body);
  const text = texts.get(body) ?? Buffer.from(JSON.stringify(body));
  texts.set(body, text);
  return text;
}
