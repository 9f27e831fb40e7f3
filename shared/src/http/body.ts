import type { IncomingMessage } from 'node:http';
import { findJsonError } from './json-position.ts';
import { HttpError } from './reply.ts';
import type { Route } from './route.ts';

export const mebibyte = 1024 * 1024;
export const maxBodyBytes = 4 * mebibyte;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request's body as the route wants it; every way in which it can be wrong has its own status. */
export async function readBody(request: IncomingMessage, route: Route): Promise<unknown> {
  if (route.file) return readFile(request, route.file);
  const parse = parserFor(request, route);
  return parse(decodeText(await readBytes(request, maxBodyBytes)));
}

/** As it is: what is in it is for the route to say. */
async function readFile(
  request: IncomingMessage,
  { types, mostBytes }: NonNullable<Route['file']>,
): Promise<Buffer> {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (!types.includes(type.trim())) {
    const known = types.map(name => `"content-type: ${name}"`);
    throw new HttpError(415, `Send the file with the header ${known.join(' or ')}.`);
  }
  const bytes = await readBytes(request, mostBytes);
  if (bytes.length === 0) throw new HttpError(400, 'The body is empty, and should be a file.');
  return bytes;
}

function parserFor({ headers }: IncomingMessage, { accepts = {} }: Route): (text: string) => unknown {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const parsers = new Map([...Object.entries(accepts), ['application/json', parseJson]]);
  const parse = parsers.get(type.trim());
  if (!parse) {
    const known = ['application/json', ...Object.keys(accepts)].map(name => `"content-type: ${name}"`);
    throw new HttpError(415, `Send the body with the header ${known.join(' or ')}.`);
  }
  const charset = parameters.find(parameter => parameter.trim().startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset.trim())) {
    throw new HttpError(415, 'The body must be encoded in UTF-8.');
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new HttpError(415, `Send the body as it is, without ${encoding}.`);
  return parse;
}

/** Reads a body that can be nothing but JSON, whatever its headers say. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  return parseJson(decodeText(await readBytes(request, maxBytes)));
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not by `for await`, which would cut the connection when it is left, before the caller can read the answer.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes)
        reject(new HttpError(413, `The body must not have more than ${maxBytes / mebibyte} MiB.`));
      else chunks.push(chunk);
    });
    request.once('end', resolve);
    request.once('error', () => reject(new HttpError(400, 'The body broke off.')));
  });
  return Buffer.concat(chunks);
}

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpError(400, 'The body is not valid UTF-8.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = findJsonError(text);
    const what = text.trim() === '' ? 'The body is empty, and should be JSON' : 'The body is not JSON';
    throw new HttpError(400, `${what}: see line ${line}, column ${column}.`);
  }
}
