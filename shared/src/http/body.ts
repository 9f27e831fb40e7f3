import type { IncomingMessage } from 'node:http';
import { decodeUtf8, readBoundedJson } from '../base/bounded-json.ts';
import { PermanentError } from '../base/errors.ts';
import type { JsonBounds } from '../base/json-bounds.ts';
import { findJsonError } from './json-position.ts';
import { HttpError } from './reply.ts';
import type { Route } from './route.ts';

export const mebibyte = 1024 * 1024;
export const maxBodyBytes = 4 * mebibyte;

/** What all bodies that are being read may take together: every one that is let in is held until it is complete. */
const mostBytesHeld = 64 * mebibyte;
/** For the beginning of each there is always room: whoever fills the rest, and sends no more, keeps out large ones only. */
const alwaysRoomFor = mebibyte / 16;

/** Reads the bodies of one process's requests; every way in which one can be wrong has its own status. */
export class BodyReader {
  readonly #bounds: JsonBounds;
  #held = 0;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  /** The body as the route wants it. */
  read(request: IncomingMessage, route: Route): Promise<unknown> {
    if (route.file) {
      requireType(request, route.file.types);
      return this.#readWith(request, route.file.mostBytes, async bytes => bytes);
    }
    const parse = parserFor(request, route);
    return this.#readWith(request, maxBodyBytes, async bytes =>
      parse ? parse(decodeUtf8(bytes)) : readBoundedJson(bytes, this.#bounds, notJson),
    );
  }

  /** A body that can be nothing but JSON, under one of these content types. */
  readJson(request: IncomingMessage, types: readonly string[], maxBytes: number): Promise<unknown> {
    requireType(request, types);
    return this.#readWith(request, maxBytes, bytes => readBoundedJson(bytes, this.#bounds, notJson));
  }

  async #readWith<T>(
    request: IncomingMessage,
    maxBytes: number,
    parse: (bytes: Buffer) => Promise<T>,
  ): Promise<T> {
    let own = 0;
    const hold = (bytes: number): void => {
      if (own + bytes > maxBytes) throw tooLarge(maxBytes);
      const more = beyondRoom(own + bytes) - beyondRoom(own);
      if (this.#held + more > mostBytesHeld) throw tooMuchAtOnce();
      own += bytes;
      this.#held += more;
    };
    try {
      return await parse(await readBytes(request, hold));
    } finally {
      this.#held -= beyondRoom(own);
    }
  }
}

function beyondRoom(bytes: number): number {
  return Math.max(0, bytes - alwaysRoomFor);
}

/** What makes a value of a text that is not JSON; undefined if it is. */
function parserFor(request: IncomingMessage, { accepts = {} }: Route) {
  const types = new Map(Object.entries(accepts));
  return types.get(requireType(request, ['application/json', ...types.keys()]));
}

/** The content type of a body that is one of those, in UTF-8, and not compressed. */
function requireType({ headers }: IncomingMessage, known: readonly string[]): string {
  const [given = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const type = given.trim();
  if (!known.includes(type)) {
    const wanted = known.map(name => `"content-type: ${name}"`);
    throw new HttpError(415, `Send the body with the header ${wanted.join(' or ')}.`);
  }
  const charset = parameters.find(parameter => parameter.trim().startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset.trim())) {
    throw new HttpError(415, 'The body must be encoded in UTF-8.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new HttpError(415, `Send the body as it is, without ${encoding}.`);
  return type;
}

/** `hold` is told of each piece, and throws where it is one too many. */
async function readBytes(request: IncomingMessage, hold: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Not by `for await`, which would cut the connection when it is left, before the caller can read the answer.
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown): void => {
      chunks.length = 0;
      // What still comes is let through unseen.
      request.removeAllListeners('data').resume();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      try {
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        refuse(error);
      }
    });
    request.once('end', resolve);
    request.once('error', () => refuse(new HttpError(400, 'The body broke off.')));
  });
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `The body must not have more than ${maxBytes / mebibyte} MiB.`);
}

function tooMuchAtOnce(): HttpError {
  return new HttpError(503, 'Too many large bodies are being read at the moment; try again.', {
    headers: { 'retry-after': '1' },
  });
}

function notJson(text: string): PermanentError {
  const what = text.trim() === '' ? 'The body is empty, and should be JSON' : 'The body is not JSON';
  const at = findJsonError(text);
  return new PermanentError(`${what}${at ? `: see line ${at.line}, column ${at.column}` : ''}.`);
}
