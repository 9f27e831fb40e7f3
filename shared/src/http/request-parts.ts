import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from './http-error.ts';

export interface Target {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Path and parameters of a request; of a parameter that is given twice the last counts. */
export function readTarget(url = '/'): Target {
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  return { path, query: Object.fromEntries(new URLSearchParams(query)) };
}

const maxKeyLength = 200;

export function idempotencyKeyOf({ 'idempotency-key': key }: IncomingHttpHeaders): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length >= 1 && key.length <= maxKeyLength) return key;
  throw new HttpError(400, `An Idempotency-Key has 1 to ${maxKeyLength} characters.`, {
    field: 'Idempotency-Key',
  });
}
