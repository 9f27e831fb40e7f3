import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';
import { findJsonError } from './json-position.ts';
import type { Route } from './route.ts';

export const maxBodyBytes = 4 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request's body as the route wants it; every way in which it can be wrong has its own status. */
export async function readBody(request: IncomingMessage, route: Route): Promise<unknown> {
  const parse = parserFor(request, route);
  return parse(decode(await readBytes(request)));
}

function parserFor({ headers }: IncomingMessage, { accepts = {} }: Route): (text: string) => unknown {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const parse = type.trim() === 'application/json' ? parseJson : accepts[type.trim()];
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

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not by `for await`, which would cut the connection when it is left, before the caller can read the answer.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes) reject(new HttpError(413, 'The body must not have more than 4 MiB.'));
      else chunks.push(chunk);
    });
    request.once('end', resolve);
    request.once('error', () => reject(new HttpError(400, 'The body broke off.')));
  });
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
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
