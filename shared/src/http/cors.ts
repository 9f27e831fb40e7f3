import type { IncomingMessage } from 'node:http';
import type { Reply } from './reply.ts';

/** The headers that let pages of other origins read an answer; none for an origin that is not on the list. */
export function corsHeaders(
  { headers }: IncomingMessage,
  allowed: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const { origin } = headers;
  if (allowed.size === 0) return {};
  if (!origin || !(allowed.has(origin) || allowed.has('*'))) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'location, retry-after',
    'cross-origin-resource-policy': 'cross-origin',
  };
}

/** The answer to a browser that asks before it sends; without the headers above it takes this for a no. */
export function preflightReply(methods: readonly string[]): Reply {
  return {
    status: 204,
    headers: {
      allow: methods.join(', '),
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, traceparent',
      'access-control-max-age': '600',
    },
    content: '',
  };
}
