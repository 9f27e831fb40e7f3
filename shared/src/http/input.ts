import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { formatPath } from '../base/errors.ts';
import type { BodyReader } from './body.ts';
import { HttpError } from './reply.ts';
import type { RouteMatch } from './router.ts';

export interface RequestTarget {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Path and parameters of a request; of a parameter that is given twice the last counts. */
export function readTarget(url = '/'): RequestTarget {
  const [path = '/', query = ''] = url.split(/\?(.*)/s);
  return { path, query: Object.fromEntries(new URLSearchParams(query)) };
}

const maxKeyLength = 200;
const longestMessage = 1_000;

export function idempotencyKeyOf({ 'idempotency-key': key }: IncomingHttpHeaders): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length >= 1 && key.length <= maxKeyLength) return key;
  throw new HttpError(400, `An Idempotency-Key has 1 to ${maxKeyLength} characters.`, {
    field: 'Idempotency-Key',
  });
}

/** What a request brings, as the schemas of its route have it. */
export async function readInput(
  request: IncomingMessage,
  { route, params }: RouteMatch,
  query: RequestTarget['query'],
  bodies: BodyReader,
) {
  return {
    params: check(route.params, params),
    query: check(route.query, query),
    body: route.body && check(route.body, await bodies.read(request, route)),
  };
}

/** The value as its schema has it, or a 400 that names the first thing wrong with it and where it stands. */
function check(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { message, path } = mostTelling(parsed.error.issues, []);
  throw new HttpError(400, shorten(message), { field: shorten(formatPath(path)) });
}

/** A message that quotes what was sent could be as long as that. */
function shorten(text: string): string {
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage)}…`;
}

interface Problem {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** "Invalid input" helps nobody: of the forms that a value may have, the caller meant the one with the fewest problems. */
function mostTelling(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[]): Problem {
  const [first] = issues;
  if (!first) return { message: 'The request does not fit its schema.', path: at };
  const path = [...at, ...first.path, ...(first.code === 'unrecognized_keys' ? first.keys.slice(0, 1) : [])];
  if (first.code !== 'invalid_union' || first.errors.length === 0) return { message: first.message, path };
  const [closest] = first.errors.toSorted((a, b) => a.length - b.length);
  return mostTelling(closest ?? [], path);
}
